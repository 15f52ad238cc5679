import type { HubEvent, Op } from '#kit';
import { eventsOf } from './events.ts';
import { hold } from './hold.ts';
import { type Brought, connect, type Hub } from './hub.ts';
import type { Call } from './line.ts';
import type { Connection } from './types.ts';

export type Case = { title: string; prove(): Promise<void> };

export type Proved = Brought & {
  /** `fixtures/plan.json`; undefined where there is none yet. */
  golden?: unknown;
  /** Made at the first asking, since most cases want it. */
  runs(): Promise<Told[][]>;
};

/** One op of the story, for one connection. */
export type Step = { connection: Connection; index: number; event: HubEvent; op: Op; words: string };

/** A step, and all that a clean run of it left behind. */
export type Told = Step & {
  calls: number;
  /** What it asked, in order, and what status came back: one way through the connector. */
  route: string;
  mutating: number;
  before: readonly unknown[];
  after: readonly unknown[];
};

export async function stepsOf(brought: Brought, connection: Connection): Promise<Step[]> {
  const hub = await connect(brought, connection);
  return eventsOf(brought.conformance.story)
    .flatMap((event) =>
      hub.plan(event).map((op) => ({
        connection,
        index: 0,
        event,
        op,
        words: `${connection.name}: ${op.kind} after ${event.type}`,
      })),
    )
    .map((step, index) => ({ ...step, index }));
}

/** A hub for which all that came before about the same subject has gone well. */
export async function arrange(brought: Brought, steps: readonly Step[], step: Step): Promise<Hub> {
  const hub = await connect(brought, step.connection);
  for (const { op, event, words } of steps.slice(0, step.index)) {
    if (event.subject !== step.event.subject && op.key !== step.op.key) continue;
    const settled = await hub.carry(op);
    hold(settled !== 'dead' && settled !== 'unknown', `${words}: not delivered although nothing went wrong`);
  }
  return hub;
}

/** Every step of every connection as it goes when nothing goes wrong. */
export async function cleanRuns(brought: Brought): Promise<Told[][]> {
  const runs: Told[][] = [];
  for (const connection of brought.conformance.connections) {
    const steps = await stepsOf(brought, connection);
    const run: Told[] = [];
    for (const step of steps) {
      const hub = await arrange(brought, steps, step);
      const before = copy(hub.line.standIn.objects());
      const from = hub.line.calls.length;
      const settled = await hub.carry(step.op);
      hold(
        settled === 'done' || settled === 'late',
        `${step.words}: is ${settled} although nothing went wrong`,
      );
      const calls = hub.line.calls.slice(from);
      const changes = calls.filter(({ changed }) => changed);
      hold(
        changes.length <= 1,
        `${step.words}: one op changes something in ${changes.length} calls; one at most`,
      );
      holdNoBreach(hub, step.words);
      run.push({
        ...step,
        calls: calls.length,
        route: [step.op.kind, ...calls.map(asked)].join(' > '),
        mutating: changes[0]?.index ?? calls.length - 1,
        before,
        after: copy(hub.line.standIn.objects()),
      });
    }
    runs.push(run);
  }
  return runs;
}

/** `PUT api.example/cards/~ 200`: a segment with a digit in it is an id, or a version. */
function asked({ request, answer }: Call): string {
  const { host, pathname } = new URL(request.url);
  return `${request.method} ${host}${pathname.replaceAll(/[^/]*\d[^/]*/g, '~')} ${answer.status}`;
}

/** The first step of each route: what no body of an op changes need not be proved with each of them. */
export const distinct = (steps: readonly Told[]): Told[] =>
  [...Map.groupBy(steps, ({ route }) => route).values()].flatMap(([first]) => first ?? []);

export function holdNoBreach({ line }: Hub, words: string): void {
  hold(line.breaches.length === 0, `${words}: it ${line.breaches.join('; it ')}`);
}

/** What stands there now, whatever becomes of it. */
export const copy = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T; // Plain JSON comes back as it was.
