/** How one thing is broken in a connector in which nothing is. */
import type { Connector, ConnectorCtx, Op, Outcome } from '#kit';
import type { Conformance } from '../conformance/index.ts';
import { conformance as goodConformance } from './conformance.ts';
import { connector as good } from './connector.ts';

export type Broken = {
  what: string;
  /** Titles, or how they begin. */
  fires: readonly string[];
  connector?: Partial<Connector>;
  manifest?: Record<string, unknown>;
  conformance?: Partial<Conformance>;
  /** Another plan than that of the connector. */
  golden?: unknown;
};

export const { manifest } = good;
export const plain: Connector = good;
export const transient = { ok: false, kind: 'transient', code: 'busy', slow: 'call' } as const;
export const permanent = { ok: false, kind: 'permanent', code: 'no' } as const;
export const done = { ok: true, applied: 'updated' } as const;

/** What is proved when nothing but this is broken. */
export function asBroken({ connector, manifest: over, conformance }: Broken): {
  connector: Connector;
  conformance: Conformance;
} {
  // Typed parts that are wrong on purpose: an undefined part is a part that is not there.
  const whole = { ...plain, ...connector, manifest: { ...manifest, ...over } } as Connector;
  return { connector: whole, conformance: { ...goodConformance, ...conformance } };
}

export function planning(change: (op: Op) => Op): Partial<Connector> {
  return { plan: (...given) => plain.plan(...given).map(change) };
}

export function counting(): (op: Op) => Op {
  const state = { count: 0 };
  return (op) => ({ ...op, body: { title: String((state.count += 1)) } });
}

/** Another outcome where the vendor's last answer is of this kind; null: as it was. */
export function delivering(
  see: (answer: Response, op: Op, text: string) => Outcome | null,
): Partial<Connector> {
  return {
    deliver: async (op, ctx: ConnectorCtx) => {
      const seen: { answer: Response; text: string }[] = [];
      const outcome = await plain.deliver(op, {
        ...ctx,
        fetch: async (url, init) => {
          const answer = await ctx.fetch(url, init);
          seen.push({ answer, text: await answer.clone().text() });
          return answer;
        },
      });
      const last = seen.at(-1);
      return (last && see(last.answer, op, last.text)) ?? outcome;
    },
  };
}

export function answering(status: number, outcome: Outcome | 'throws'): Broken {
  return {
    what: `${status} is made into ${outcome === 'throws' ? 'an error' : outcome.ok ? 'success' : outcome.kind}`,
    connector: delivering((answer) => {
      if (answer.status !== status) return null;
      if (outcome === 'throws') throw new Error(`HTTP ${status}`);
      return outcome;
    }),
    fires: [`answers: ${status} at any call`],
  };
}

export const at = (data: Record<string, unknown>, name: string): Record<string, unknown> | undefined =>
  data[name] as Record<string, unknown> | undefined;
