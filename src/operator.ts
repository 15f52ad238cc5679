/**
 * The `patchbay` command for a hub that has no folder to open: the operator's machine reads the words, the hub runs
 * them. There is no such door until an operator has set its key.
 */
import * as z from 'zod';
import type { Command, Terminal } from '#src/commands';
import type { Ports } from '#src/context';
import { PatchbayError } from '#src/errors';
import { checked, parseStrictJson, readBody } from '#src/wire';

export const operatorPath = '/operator/command';
export type OperatorAnswer = { lines: { to: 'out' | 'note'; text: string }[]; exitCode: number };

const asked = z.strictObject({
  command: z.string(),
  args: z.array(z.string()),
  options: z.record(z.string(), z.unknown()),
  /** Files that the options and the arguments name, by that name. */
  files: z.record(z.string(), z.string()),
});

const leastKeyLength = 32;
const maxBytes = 1_048_576;
/** All of them lie in memory, as one answer: of the audit trail some 2 MB. */
const mostLines = 5_000;
/** They need a machine: to listen on, or with files to look at. */
const elsewhere = ['listen', 'doctor', 'backup', 'restore'];

type Call = (request: Request) => Response | Promise<Response>;

/** `call` reaches the hub's own API. Throws `PatchbayError` for whoever is not the operator, or asks in vain. */
export function createOperatorDoor(
  ports: Ports,
  key: string | undefined,
  call: Call,
): ((request: Request) => Promise<OperatorAnswer>) | null {
  if (key === undefined || key === '') return null;
  if (key.length < leastKeyLength)
    throw new PatchbayError('internal', {
      internal: `PATCHBAY_OPERATOR_KEY must have at least ${leastKeyLength} characters. Make one with: openssl rand -base64 32`,
    });
  const isOperator = (request: Request): boolean =>
    ports.digest.sha256(request.headers.get('authorization') ?? '') ===
    ports.digest.sha256(`Operator ${key}`);

  return async (request) => {
    if (!isOperator(request))
      throw new PatchbayError('unauthenticated', { public: 'This takes the key of the operator.' });
    const {
      command: name,
      args,
      options,
      files,
    } = checked(asked, parseStrictJson(await readBody(request, maxBytes)).value);
    const answer: OperatorAnswer = { lines: [], exitCode: 0 };
    await (await commandOf(name)).run(terminalOf(ports, answer, files, call), { args, options });
    return answer;
  };
}

/** Loaded late: operators ask seldom. */
async function commandOf(name: string): Promise<Command> {
  const { commands } = await import('#src/commands');
  const command = commands.find((one) => one.name === name);
  if (command && !elsewhere.includes(name)) return command;
  throw new PatchbayError('not_found', {
    public: command
      ? `${name} needs a machine: run it beside a hub on Node.`
      : `There is no command ${name}.`,
  });
}

function terminalOf(
  ports: Ports,
  answer: OperatorAnswer,
  files: Record<string, string>,
  call: Call,
): Terminal {
  const refuse = (what: string) => () =>
    Promise.reject(new PatchbayError('not_found', { public: `There is no ${what} here.` }));
  return {
    out: (text) => void answer.lines.push({ to: 'out', text }),
    note: (text) => void answer.lines.push({ to: 'note', text }),
    fail: (code = 1) => {
      answer.exitCode = code;
    },
    open: async () => ports,
    machine: async () => null,
    readFile: async (path) => files[path] ?? (await refuse(`file ${path}`)()),
    call: async ({ url, ...request }) => {
      const response = await call(new Request(url, request));
      return { status: response.status, body: await response.text(), date: null };
    },
    stopped: refuse('terminal'),
    hubUrl: ports.settings.publicUrl,
    mostLines,
  };
}
