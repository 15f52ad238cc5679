import { open, readFile } from 'node:fs/promises';
import type { JournalLine, RevocationJournal } from '#src/access';

export type JournalContent = { sinceMs: number; lines: JournalLine[] };

/**
 * A file that only grows: a line of JSON each, on the disk before `append` resolves. The first says since when it is
 * kept. Processes of one machine may share a file (a line is one write); those of another keep their own.
 */
export async function openJournal(
  path: string,
  nowMs: number,
): Promise<RevocationJournal & { close(): Promise<void> }> {
  const file = await open(path, 'a', 0o600);
  const { size } = await file.stat();
  if (size === 0) await file.appendFile(`${JSON.stringify({ journal: 'patchbay', sinceMs: nowMs })}\n`);
  // A crash tore the last line: its revocation was never answered. The mark keeps it from swallowing the next one.
  else if (!(await readFile(path, 'utf8')).endsWith('\n')) await file.appendFile(tornMark);
  await file.sync();
  return {
    append: async (lines) => {
      await file.appendFile(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
      await file.datasync();
    },
    close: () => file.close(),
  };
}

const tornMark = ' #torn\n';

/** Throws where a line cannot be read, unless a crash tore it: then nobody was told that it was done. */
export async function readJournal(path: string): Promise<JournalContent> {
  const text = await readFile(path, 'utf8');
  const whole = text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .slice(0, -1);
  const [head, ...lines] = whole
    .filter((line) => !line.endsWith(tornMark.trimEnd()))
    .map((line) => parsed(path, line));
  const { journal, sinceMs } = (head ?? {}) as { journal?: unknown; sinceMs?: unknown };
  if (journal !== 'patchbay' || typeof sinceMs !== 'number')
    throw new Error(`${path} is no revocation journal: its first line does not say so.`);
  // Written by us alone, in this shape, on a file of mode 600.
  return { sinceMs, lines: lines as JournalLine[] };
}

function parsed(path: string, line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new Error(
      `${path} has a line that cannot be read. Without it nobody knows what was revoked: --revoke-all.`,
      {
        cause,
      },
    );
  }
}
