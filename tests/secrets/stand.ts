import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { createPinoLog } from '../../src/adapters/log-pino.ts';
import { startNodeHub } from '../../src/node.ts';
import { createOperatorDoor, operatorPath } from '../../src/operator.ts';
import { patchbay } from '../cli/spawn.ts';
import { freePort } from '../services/free-port.ts';
import { createDetector } from './detector.ts';

export type Seen = { label: string; status: number; headers: Headers; text: string };
export type Asked = {
  token?: string;
  cookie?: string;
  json?: unknown;
  form?: Record<string, string | string[]>;
  headers?: Record<string, string>;
};
export type Printed = { label: string; out: string };
export type CanaryStand = Awaited<ReturnType<typeof startCanaryStand>>;

/** The hub with its real log at its finest, and a record of all that it says to anybody. */
export async function startCanaryStand(
  more: (origin: string) => Promise<Record<string, string>> = async () => ({}),
) {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-canary-'));
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const keys = { PATCHBAY_MASTER_KEYS: newKey(), PATCHBAY_PEPPERS: newKey() };
  const environment = {
    PATCHBAY_PUBLIC_URL: origin,
    PATCHBAY_ALLOW_LOOPBACK: '1',
    ...keys,
    ...(await more(origin)),
  };
  const lines: string[] = [];
  const log = createPinoLog('trace', { write: (line) => void lines.push(line) });
  const running = await startNodeHub(
    {
      ...environment,
      PORT: String(port),
      PATCHBAY_DATA: folder,
      PATCHBAY_SWEEP_MS: '50',
      PATCHBAY_CREATES_PER_MINUTE: '1000000',
      PATCHBAY_BAD_TOKENS_PER_ADDRESS: '1000000',
    },
    log,
  );
  const detector = createDetector();
  const said: { label: string; text: string; isError: boolean }[] = [];
  const allowed = new Set<string>();

  /** `in`: the answers that may hold it, which are those that gave it. */
  const learn = (
    name: string,
    secret: string | null | undefined,
    ...shownIn: { label: string }[]
  ): string => {
    if (!secret) throw new Error(`${name} was not to be had`);
    detector.add(name, secret);
    for (const { label } of shownIn) allowed.add(`${name} in ${label}`);
    return secret;
  };
  for (const [name, text] of Object.entries(keys)) learn(name, text);
  const operatorKey = learn('operator key', randomBytes(32).toString('hex'));
  const operate = createOperatorDoor(running.hub, operatorKey, (request) => fetch(request));

  const heard = async (response: Response, to: string): Promise<Seen> => {
    const text = await response.text();
    const label = `answer ${said.length} to ${to}`;
    const heads = [...response.headers].map(([name, value]) => `${name}: ${value}`).join('\n');
    said.push({ label, text: `${heads}\n${text}`, isError: response.status >= 400 });
    return { label, status: response.status, headers: response.headers, text };
  };
  const ask = async (method: string, path: string, asked: Asked = {}): Promise<Seen> => {
    const { token, cookie, json, form, headers = {} } = asked;
    const response = await fetch(origin + path, {
      method,
      redirect: 'manual',
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(cookie === undefined ? {} : { cookie, 'sec-fetch-site': 'same-origin' }),
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
        ...(form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
        ...headers,
      },
      ...(json === undefined ? {} : { body: typeof json === 'string' ? json : JSON.stringify(json) }),
      ...(form === undefined ? {} : { body: encoded(form) }),
    });
    return heard(response, `${method} ${path.split('?')[0]}`);
  };

  return {
    hub: running.hub,
    origin,
    folder,
    lines,
    said,
    detector,
    learn,
    ask,
    /** An answer that something else than `ask` has asked for. */
    heard,
    /** A command of the operator; what it prints on both streams is an answer like any other. */
    command: async (
      name: string,
      args: string[] = [],
      options: Record<string, unknown> = {},
    ): Promise<Printed> => {
      const request = new Request(origin + operatorPath, {
        method: 'POST',
        headers: { authorization: `Operator ${operatorKey}`, 'content-type': 'application/json' },
        body: JSON.stringify({ command: name, args, options, files: {} }),
      });
      const lines = (await operate?.(request))?.lines ?? [];
      const label = `answer ${said.length} to patchbay ${name}`;
      said.push({ label, text: lines.map(({ text }) => text).join('\n'), isError: false });
      const out = lines.filter(({ to }) => to === 'out').map(({ text }) => text);
      return { label, out: out.join('\n') };
    },
    /** One that needs the machine, in a process of its own. */
    program: async (...args: string[]): Promise<void> => {
      const { out, err } = await patchbay(folder, args, environment);
      said.push({
        label: `answer ${said.length} to patchbay ${args[0]}`,
        text: `${out}\n${err}`,
        isError: false,
      });
    },
    /** Every secret that is where it should not be, and where. `alsoIn`: more to look through. */
    leaks: (alsoIn: { label: string; text: string }[] = []): string[] => [
      ...[...said, ...alsoIn].flatMap(({ label, text }) =>
        detector
          .find(text)
          .filter((name) => !allowed.has(`${name} in ${label}`))
          .map((name) => `${name} in ${label}: ${detector.around(name, text)}`),
      ),
      ...lines.flatMap((line) =>
        detector.find(line).map((name) => `${name} in the log: ${detector.around(name, line)}`),
      ),
    ],
    /** Every file of the data folder and what lies in its tables, but for the file of the keys. */
    files: (): { label: string; text: string }[] =>
      readdirSync(folder)
        .filter((name) => name !== 'keys.json')
        .flatMap((name) => {
          const file = join(folder, name);
          const bytes = { label: `the bytes of ${name}`, text: readFileSync(file).toString('latin1') };
          return name.endsWith('.db') ? [bytes, ...tablesOf(file)] : [bytes];
        }),
    stop: async () => {
      await running.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const newKey = (): string => `1:${randomBytes(32).toString('base64')}`;

function encoded(form: Record<string, string | string[]>): URLSearchParams {
  const list = new URLSearchParams();
  for (const [name, value] of Object.entries(form)) for (const one of [value].flat()) list.append(name, one);
  return list;
}

/** A row may lie on several pages of the file: here it is whole. */
function tablesOf(file: string): { label: string; text: string }[] {
  const db = new Database(file, { readonly: true });
  const names = db.prepare("select name from sqlite_master where type = 'table'").pluck().all() as string[];
  const tables = names.map((name) => ({
    label: `the table ${name}`,
    text: JSON.stringify(db.prepare(`select * from "${name}"`).all()),
  }));
  db.close();
  return tables;
}
