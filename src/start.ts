import { parseArgs } from 'node:util';
import { PatchbayError } from '#src/errors';
import { startNodeHub } from './node.ts';

/** `npm start [-- --role api|worker|all]`: the hub, until it is told to stop. */
try {
  const { role } = parseArgs({ options: { role: { type: 'string' } } }).values;
  const running = await startNodeHub({
    ...process.env,
    ...(role === undefined ? {} : { PATCHBAY_ROLE: role }),
  });
  process.stderr.write(`Patchbay listens on http://${process.env['HOST'] ?? '127.0.0.1'}:${running.port}\n`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void running.stop().then(() => process.exit(0)));
  }
} catch (error) {
  // What the operator has to mend is one line; anything else is a defect and shows its stack.
  const isOurs =
    error instanceof PatchbayError ||
    (error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'));
  const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
  const text = isTaken
    ? `port ${process.env['PORT'] ?? 8080} is taken by another program; choose one with PORT=…`
    : error instanceof Error
      ? isOurs
        ? error.message
        : error.stack
      : String(error);
  process.stderr.write(`patchbay: ${text}\n`);
  process.exit(1);
}
