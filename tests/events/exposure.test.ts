import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chooseRecipients, type Exposure } from '../../src/events/exposure.ts';

/** A small generator with a seed, so that ten thousand RFPs are the same in every run. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
const shareOf = (chosen: readonly string[], fresh: ReadonlySet<string>): number =>
  chosen.filter((id) => fresh.has(id)).length / chosen.length;

describe('the floor for new sellers', () => {
  test('holds in ten thousand RFPs, at every length, where rank alone would miss it [S1-12]', () => {
    const roll = dice(20_261_122);
    const floor = 0.2;
    const total = { chosen: 0, fresh: 0, byRank: 0 };
    for (let rfp = 0; rfp < 10_000; rfp += 1) {
      const size = 40 + Math.floor(roll() * 160);
      // Newcomers are a quarter of those who fit, and have earned no rank yet.
      const sellers = Array.from({ length: size }, (_, i) => {
        const isNew = i % 4 === 0;
        return { id: `acc_${rfp}_${i}`, isNew, score: roll() * (isNew ? 0.3 : 1) };
      });
      const candidates = sellers.toSorted((a, b) => b.score - a.score).map(({ id }) => id);
      const fresh = new Set(sellers.filter(({ isNew }) => isNew).map(({ id }) => id));
      const limit = 5 + Math.floor(roll() * 30);
      const chosen = chooseRecipients({ candidates, new_sellers: [...fresh], floor, limit });
      expect(chosen).toHaveLength(limit);
      for (let k = 1; k <= limit; k += 1)
        if (shareOf(chosen.slice(0, k), fresh) < floor) throw new Error(`RFP ${rfp} misses it at ${k}`);
      total.chosen += limit;
      total.fresh += chosen.filter((id) => fresh.has(id)).length;
      total.byRank += candidates.slice(0, limit).filter((id) => fresh.has(id)).length;
    }
    expect(total.fresh / total.chosen).toBeGreaterThanOrEqual(floor);
    expect(total.byRank / total.chosen).toBeLessThan(floor / 2);
  });

  const exposures = fc
    .record({
      ids: fc.uniqueArray(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 120 }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      floor: fc.double({ min: 0, max: 1, noNaN: true }),
      limit: fc.option(fc.integer({ min: 1, max: 200 }), { nil: undefined }),
    })
    .map(({ ids, share, floor, limit }): Exposure => {
      const candidates = ids.map((id) => `acc_${id}`);
      return {
        candidates,
        new_sellers: candidates.filter((_, i) => (i * 7) % 10 < share * 10),
        floor,
        limit,
      };
    });

  test('is kept whatever the candidates are, or every new seller is chosen; nobody comes twice, and rank decides the rest [S1-12]', () => {
    fc.assert(
      fc.property(exposures, (exposure) => {
        const { candidates, floor, limit } = exposure;
        const fresh = new Set(exposure.new_sellers);
        const chosen = chooseRecipients(exposure);
        expect(new Set(chosen).size).toBe(chosen.length);
        expect(chosen).toHaveLength(Math.min(limit ?? candidates.length, candidates.length));
        for (let k = 1; k <= chosen.length; k += 1) {
          const first = chosen.slice(0, k);
          const all = [...fresh].every((id) => first.includes(id));
          expect(all || shareOf(first, fresh) >= floor - 1e-9, `at ${k}`).toBe(true);
        }
        const inRank = (ids: string[]) =>
          ids.toSorted((a, b) => candidates.indexOf(a) - candidates.indexOf(b));
        const [news, others] = [chosen.filter((id) => fresh.has(id)), chosen.filter((id) => !fresh.has(id))];
        expect(news).toEqual(inRank(news));
        expect(others).toEqual(inRank(others));
      }),
    );
  });

  test('asks 3 of 30 at a tenth, and leaves the rank alone at none', () => {
    const candidates = Array.from({ length: 40 }, (_, i) => `acc_${i}`);
    const new_sellers = candidates.slice(30);
    const at = (floor: number) => chooseRecipients({ candidates, new_sellers, floor, limit: 30 });
    expect(at(0.1).filter((id) => new_sellers.includes(id))).toHaveLength(3);
    expect(at(0)).toEqual(candidates.slice(0, 30));
  });
});
