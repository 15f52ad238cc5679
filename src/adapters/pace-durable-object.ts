import type { DurableObjectNamespace, DurableObjectState } from '@cloudflare/workers-types';
import { createPacer, type Pace, type PaceAnswer, type PaceExchange, type Pacer } from '#src/deliveries';
import { readSettings } from '#src/context';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * One destination host, wherever in the world its isolates are: the one place that knows its windows and rates. In
 * memory alone: an object that the platform moves begins like a process that was restarted, with windows of sixteen
 * and one burst of its rates.
 */
export class PaceObject {
  readonly #pacer: Pacer;

  constructor(_: DurableObjectState, environment: Environment) {
    const { leaseMs, ...settings } = readSettings(environment);
    this.#pacer = createPacer({ ...settings, holdMs: leaseMs }, () => Date.now());
  }

  async fetch(request: Request): Promise<Response> {
    const exchange = (await request.json()) as PaceExchange; // Only this hub's own invocations reach it.
    return Response.json(this.#pacer.exchange(exchange));
  }
}

export const createPace =
  (objects: DurableObjectNamespace): Pace =>
  async (host, exchange) => {
    const object = objects.get(objects.idFromName(host));
    const answer = await object.fetch('https://pace/', { method: 'POST', body: JSON.stringify(exchange) });
    return answer.json<PaceAnswer>();
  };
