/**
 * To whom an RFP goes (S1-12). The marketplace ranks the candidates, says who of them is new, and sets the floor; the
 * hub keeps to it at every length, so that a broadcast which is cut short or slowed down has kept it too. The choice is
 * made once, as the event is accepted: what is stored is the audience, and whoever joins later is not of it.
 */
import * as z from 'zod';

const accountId = z.string().regex(/^acc_[a-z0-9_-]{1,100}$/, 'An account id starts with acc_.');

/** Beside `audience` (who sees it in any case: the buyer), of `rfp.broadcast` alone. */
export const exposureShape = z.strictObject({
  candidates: z
    .array(accountId)
    .min(1)
    .max(10_000)
    .describe('In the marketplace’s own order, the best first.'),
  new_sellers: z.array(accountId).max(10_000).describe('Those of them that are new.'),
  floor: z.number().min(0).max(1).describe('The least share of new sellers, as long as there are any left.'),
  limit: z.int().min(1).max(10_000).optional().describe('To how many it goes; without it, to all.'),
});
export type Exposure = z.output<typeof exposureShape>;

/** In the order in which it goes out. Of any first `k` at least `floor · k` are new, or no new one is left. */
export function chooseRecipients({ candidates, new_sellers, floor, limit }: Exposure): string[] {
  const ranked = [...new Set(candidates)];
  const isNew = new Set(new_sellers);
  const fresh = ranked.filter((id) => isNew.has(id));
  const known = ranked.filter((id) => !isNew.has(id));
  const rank = new Map(ranked.map((id, place) => [id, place]));
  const rankOf = (id: string | undefined): number =>
    id === undefined ? Infinity : (rank.get(id) ?? Infinity);
  const most = Math.min(limit ?? ranked.length, ranked.length);
  const chosen: string[] = [];
  for (let [f, k] = [0, 0]; chosen.length < most;) {
    // A floor of 0.1 asks 3 of 30, not 4: 0.1 · 30 is a little more than 3 in binary.
    const asked = Math.ceil(floor * (chosen.length + 1) - 1e-9);
    const isFresh = f < fresh.length && (f < asked || rankOf(fresh[f]) < rankOf(known[k]));
    const next = isFresh ? fresh[f++] : known[k++];
    if (next !== undefined) chosen.push(next);
  }
  return chosen;
}
