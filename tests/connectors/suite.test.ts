import { describe, expect, test } from 'vitest';
import { casesOf, provedOf } from './conformance/cases-of.ts';
import { planned } from './conformance/cases/plan.ts';
import { asBroken } from './reference/breaking.ts';
import { broken } from './reference/broken.ts';

/** Each case is shown to fire: a connector that passes everything, with one thing broken, fails where it must. */
describe('the conformance suite', () => {
  const good = asBroken({ what: '', fires: [] });
  const reviewed = planned(provedOf(good));

  /** Of the cases whose titles begin so; of all where none is named. */
  const failing = async (one: (typeof broken)[number]): Promise<string[]> => {
    const golden = one.golden ?? (await reviewed);
    const failed: string[] = [];
    for (const { title, prove } of casesOf(asBroken(one), golden))
      if (one.fires.length === 0 || one.fires.some((begins) => title.startsWith(begins)))
        await prove().catch(() => failed.push(title));
    return failed;
  };

  test('passes a connector in which nothing is broken', async () => {
    expect(await failing({ what: '', fires: [] })).toEqual([]);
  });

  test.each(broken)('finds $what', async (one) => {
    const failed = await failing(one);
    expect(one.fires.filter((title) => !failed.some((found) => found.startsWith(title)))).toEqual([]);
  });

  test('has no case that nothing breaks', () => {
    const titles = casesOf(good).map(({ title }) => title);
    const fired = broken.flatMap(({ fires }) => fires);
    expect(titles.filter((title) => !fired.some((begins) => title.startsWith(begins)))).toEqual([]);
  });
});
