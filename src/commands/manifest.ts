import { PatchbayError } from '#src/errors';
import { checkManifest, type ManifestCheck } from '#src/marketplace';
import { type Input, isOn, type Terminal } from './command.ts';

/** Exit codes: 0 it is what was archived, 1 it is not, 2 nobody can tell. */
export async function verifyManifestFile(terminal: Terminal, input: Input): Promise<void> {
  const check = await checked(terminal, input.args[0] ?? '', isOn(input, 'test') ? 'test' : 'live');
  if (isOn(input, 'json')) terminal.out(JSON.stringify(check, null, 2));
  else tell(terminal, check);
  if (check.verdict === 'altered') terminal.fail(1);
  if (check.verdict === 'unknown') terminal.fail(2);
}

/** A file or a hub that cannot be read says nothing of the content: no script may take that for an alteration. */
async function checked(terminal: Terminal, path: string, env: 'live' | 'test'): Promise<ManifestCheck> {
  try {
    const text = await terminal.readFile(path);
    return await checkManifest(await terminal.open(), text, env);
  } catch (error) {
    const line = error instanceof PatchbayError ? error.publicText : (error as Error).message.split('\n')[0];
    return { verdict: 'unknown', why: line ?? 'It could not be read.' };
  }
}

function tell(terminal: Terminal, check: ManifestCheck): void {
  terminal.out(check.verdict);
  if (check.verdict === 'unknown') return terminal.note(check.why);
  const { deliverable, revision, sha256, archived, isSameText, isDigestRight } = check;
  terminal.out(`deliverable  ${deliverable}, revision ${revision}`);
  terminal.out(`this file    sha256:${sha256}`);
  for (const { at, connection, receipt } of archived)
    terminal.out(`archived     ${receipt}, ${at.toISOString()}, ${connection}`);
  if (check.verdict === 'match' && !isSameText)
    terminal.note('The content is as archived; the text is not: another program has formatted it.');
  if (!isDigestRight) terminal.note('manifest.sha256 is not that of the files listed beside it.');
}
