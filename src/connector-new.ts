/** `npm run connector:new -- <name>`: a folder that passes the suite at once, and its line in the registry. */
import { refusalOf, writeConnector } from './connector-folder.ts';

const [name, ...more] = process.argv.slice(2);
const refusal = more.length > 0 ? 'One name at a time.' : refusalOf(name);
if (name === undefined || refusal !== null) {
  process.stderr.write(`${refusal}\nnpm run connector:new -- <name>\n`);
  process.exitCode = 1;
} else {
  writeConnector(name);
  process.stdout.write(
    `connectors/${name} is written, and listed in connectors/registry.ts.\n` +
      `It speaks to a vendor that does not exist. Change it file by file (docs/guides/connector.md), and ask:\n` +
      `  npm run connector:check -- ${name}\n`,
  );
}
