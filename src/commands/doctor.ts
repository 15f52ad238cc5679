import { desc } from 'drizzle-orm';
import type { Ports } from '#src/context';
import { PatchbayError } from '#src/errors';
import { urlOf } from './call-hub.ts';
import { type FolderFacts, type Input, isOn, type Terminal } from './command.ts';
import { type HubNumbers, readNumbers } from './status.ts';

/** `warn` is worth a look, `bad` ends with exit code 1. `remedy` says what to do. */
type Finding = { what: string; state: 'good' | 'warn' | 'bad'; found: string; remedy?: string };

const gib = 2 ** 30;

export async function doctor(terminal: Terminal, input: Input): Promise<void> {
  const findings = await examine(terminal, input);
  if (isOn(input, 'json')) terminal.out(JSON.stringify(findings, null, 2));
  else {
    for (const { what, state, found, remedy } of findings) {
      terminal.out(`${{ good: 'ok  ', warn: 'look', bad: 'BAD ' }[state]}  ${what}: ${found}`);
      if (remedy) terminal.out(`      → ${remedy}`);
    }
  }
  if (findings.some(({ state }) => state === 'bad')) terminal.fail();
}

async function examine(terminal: Terminal, input: Input): Promise<Finding[]> {
  const folder = await terminal.inspectFolder();
  const first = [dataFolder(folder), keysOf(terminal, folder), diskOf(folder), loopback(terminal)];
  // Opening would make what is missing, and hide that it was.
  if (!folder.isThere) return first;
  try {
    const ports = await terminal.open();
    const numbers = await readNumbers(ports);
    return [
      ...first,
      ...(await storeOf(ports, folder)),
      ...(await hubOf(terminal, input, ports)),
      ...workOf(numbers, ports.clock.ms()),
    ];
  } catch (error) {
    const found = error instanceof PatchbayError ? error.message : String(error);
    return [
      ...first,
      bad('store', `it does not open: ${found}`, 'Is the file whole, and is this its version?'),
    ];
  }
}

const good = (what: string, found: string): Finding => ({ what, state: 'good', found });
const warn = (what: string, found: string, remedy: string): Finding => ({
  what,
  state: 'warn',
  found,
  remedy,
});
const bad = (what: string, found: string, remedy: string): Finding => ({ what, state: 'bad', found, remedy });

function dataFolder({ path, isThere, isWritable }: FolderFacts): Finding {
  if (!isThere)
    return bad('data folder', `${path} is not there`, 'Start the hub once, or name the folder with --data.');
  if (!isWritable) return bad('data folder', `${path} cannot be written`, 'Give it to the user of the hub.');
  return good('data folder', path);
}

function keysOf(terminal: Terminal, { keysMode, path }: FolderFacts): Finding {
  if (terminal.isSet('PATCHBAY_MASTER_KEYS') && terminal.isSet('PATCHBAY_PEPPERS'))
    return good('keys', 'from the environment');
  if (keysMode === null)
    return warn('keys', 'there are none yet', 'They are made when the hub first starts.');
  if (keysMode & 0o077)
    return bad('keys', `others may read keys.json (${keysMode.toString(8)})`, `chmod 600 ${path}/keys.json`);
  return warn(
    'keys',
    'in keys.json beside the data, mode 600',
    'Fine on one machine. Where it counts, set PATCHBAY_MASTER_KEYS and PATCHBAY_PEPPERS: a copy of the folder then opens nothing.',
  );
}

function diskOf({ freeBytes, databaseBytes }: FolderFacts): Finding {
  const found = `${(freeBytes / gib).toFixed(1)} GiB free, the database has ${(databaseBytes / gib).toFixed(2)}`;
  const remedy = 'Make room, or keep less: PATCHBAY_KEEP_EVENTS_DAYS, PATCHBAY_KEEP_RECEIPTS_DAYS.';
  if (freeBytes < gib / 4) return bad('disk', found, remedy);
  return freeBytes < Math.max(gib, databaseBytes / 2) ? warn('disk', found, remedy) : good('disk', found);
}

const loopback = (terminal: Terminal): Finding =>
  terminal.isSet('PATCHBAY_ALLOW_LOOPBACK')
    ? warn(
        'loopback',
        'endpoints on this machine are allowed',
        'For development alone: unset PATCHBAY_ALLOW_LOOPBACK where strangers make subscriptions.',
      )
    : good('loopback', 'endpoints on this machine are refused');

async function storeOf({ store, clock }: Ports, { databaseBytes, isWal }: FolderFacts): Promise<Finding[]> {
  const { events } = store.tables;
  const [newest] = await store.db
    .select({ at: events.acceptedAt })
    .from(events)
    .orderBy(desc(events.position))
    .limit(1);
  const aheadMs = (newest?.at.getTime() ?? 0) - clock.ms();
  const time =
    aheadMs > 5_000
      ? bad(
          'clock',
          `the newest event is ${Math.round(aheadMs / 1_000)} s in the future`,
          'Set the clock (NTP).',
        )
      : good('clock', clock.now().toISOString());
  if (store.dialect !== 'sqlite') return [good('store', 'PostgreSQL, migrations applied'), time];
  const found = `SQLite with a ${isWal ? 'write-ahead log' : 'rollback journal'}, migrations applied, ${databaseBytes} bytes`;
  const remedy = 'Is the folder on a network disk? The write-ahead log needs a local one.';
  return [isWal ? good('store', found) : bad('store', found, remedy), time];
}

async function hubOf(terminal: Terminal, input: Input, ports: Ports): Promise<Finding[]> {
  const url = urlOf(terminal, input, ports);
  const answer = await terminal.call({ method: 'GET', url: `${url}/healthz`, headers: {} }).catch(() => null);
  if (!answer)
    return [warn('hub', `nothing answers at ${url}`, 'Start it (npm start), or say where it is with --url.')];
  return answer.status < 500
    ? [good('hub', `answers at ${url}`)]
    : [bad('hub', `${url} answers ${answer.status}`, 'Its log says why.')];
}

function workOf(numbers: HubNumbers, nowMs: number): Finding[] {
  const lateMs = numbers.oldest_due === null ? 0 : nowMs - Date.parse(numbers.oldest_due);
  return [
    lateMs > 60_000
      ? warn(
          'deliveries',
          `the oldest that is due waits since ${numbers.oldest_due}`,
          'Does the hub run? If so, an endpoint is slow or its rate is low: patchbay status, then its deliveries.',
        )
      : good('deliveries', `${numbers.waiting} wait, none for long`),
    numbers.failed_tasks > 0
      ? bad(
          'tasks',
          `${numbers.failed_tasks} gave up after 20 failures`,
          'The column error of tasks says why.',
        )
      : good('tasks', `${numbers.open_tasks} open`),
    numbers.quarantined > 0
      ? warn('quarantine', `${numbers.quarantined} events`, 'patchbay quarantine list says why.')
      : good('quarantine', 'empty'),
  ];
}
