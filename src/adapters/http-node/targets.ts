import { type EgressPolicy, inspectUrl } from '#src/egress';
import type { RefusalCode } from '#src/ports';
import type { Origin } from './lanes.ts';

export type Target =
  | { ok: true; origin: Origin; path: string }
  | { ok: false; code: RefusalCode; detail: string };

/**
 * Inspected URLs, remembered: an endpoint's URL is the same string for each of its deliveries, and the policy never
 * changes. Only what the text alone decides is kept here; addresses are judged at every connect.
 */
export function createTargets(policy: EgressPolicy): (url: string) => Target {
  const known = new Map<string, Target>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const verdict = inspectUrl(text, policy);
    if (!verdict.ok) return verdict;
    const { url, host, port } = verdict;
    const target: Target = {
      ok: true,
      origin: { origin: url.origin, protocol: url.protocol, host, port },
      path: `${url.pathname}${url.search}`,
    };
    if (known.size >= maxKnown) known.clear();
    known.set(text, target);
    return target;
  };
}

// About 2 MB; when it is full, inspecting anew costs some 2 µs a URL.
const maxKnown = 10_000;
