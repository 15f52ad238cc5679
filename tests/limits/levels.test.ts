import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { defaultSettings } from '#src/context';
import { callerCaps, classOf, createBuckets, planOf, plans, spenderOf } from '#src/limits';

const app = {
  tokenId: 'tok_1',
  grantId: 'grt_1',
  accountId: 'acc_1',
  userId: 'usr_1',
  appId: 'app_1',
  partnerId: 'ptr_1',
  kind: 'a',
} as const;
const own = { ...app, userId: null, appId: null, partnerId: null, kind: 'k' } as const;
const levelsOf = (caps: readonly { level: string }[]) => caps.map(({ level }) => level);

describe('the levels of a caller', () => {
  test('an app’s call counts at each of them; a person’s own only where it has one [S2-50]', () => {
    expect(levelsOf(callerCaps(app, defaultSettings).read)).toEqual([
      'token',
      'grant',
      'user',
      'app',
      'partner',
    ]);
    expect(levelsOf(callerCaps(own, defaultSettings).read)).toEqual(['token', 'grant']);
    expect(levelsOf(callerCaps({ ...own, kind: 's' }, defaultSettings).create)).toEqual(['token']);
  });

  test('what creates is a class of its own: five units as all writing, and 80 calls a minute', () => {
    const { create, write } = callerCaps(app, defaultSettings);
    expect(create.slice(0, -1)).toEqual(write);
    expect(create.at(-1)).toMatchObject({ level: 'creates', key: 'creates:grt_1', burst: 80, cost: 1 });
    expect(['GET', 'HEAD', 'POST', 'PATCH', 'DELETE'].map(classOf)).toEqual([
      'read',
      'read',
      'create',
      'write',
      'write',
    ]);
  });

  test('two apps of one person share the person’s, and nothing else', () => {
    const other = { ...app, tokenId: 'tok_2', grantId: 'grt_2', appId: 'app_2', partnerId: 'ptr_2' };
    const keys = new Set(callerCaps(app, defaultSettings).create.map(({ key }) => key));
    const shared = callerCaps(other, defaultSettings).create.filter(({ key }) => keys.has(key));
    expect(levelsOf(shared)).toEqual(['user']);
  });

  test('whichever level refuses, none is spent', () => {
    const { create } = callerCaps(app, defaultSettings);
    const at = fc.integer({ min: 0, max: create.length - 1 });
    fc.assert(
      fc.property(at, fc.integer({ min: 1, max: 30 }), (refusing, calls) => {
        const buckets = createBuckets(() => 0);
        // One level is used up, by others that share it.
        const full = { ...create[refusing]!, cost: create[refusing]!.burst };
        expect(buckets.spend([full]).refused).toBeNull();
        const before = buckets.look(create);
        for (let i = 0; i < calls; i += 1)
          expect(buckets.spend(create).refused?.level).toBe(create[refusing]!.level);
        expect(buckets.look(create)).toEqual(before);
        create.forEach((cap, i) => {
          if (i !== refusing) expect(before.caps[i]?.remaining).toBe(cap.burst);
        });
      }),
    );
  });
});

describe('plans', () => {
  test('everybody is on the free one; the one for high volume is there, and off until the operator offers it [S2-37]', () => {
    expect(plans.free.illustrativeUsdPerMonth).toBe(0);
    expect(plans.high_volume).toMatchObject({ times: 10 });
    expect([planOf(defaultSettings), planOf(defaultSettings, 'high_volume')]).toEqual([
      plans.free,
      plans.free,
    ]);
    const offering = { offeredPlans: ['high_volume'] as const };
    expect(planOf(offering, 'high_volume')).toBe(plans.high_volume);
    expect([planOf(offering), planOf(offering, 'free'), planOf(offering, 'gold')]).toEqual(
      Array(3).fill(plans.free),
    );
  });

  test('a plan multiplies the caps, whatever the settings are', () => {
    const { read } = callerCaps(app, { ...defaultSettings, tokenUnitsPerMinute: 7 }, plans.high_volume);
    expect(read[0]).toMatchObject({ level: 'token', burst: 70 });
    // A person is on none: whose app is on a larger plan takes no more of them.
    const shared = read.find(({ level }) => level === 'user');
    expect(shared).toEqual(callerCaps(app, defaultSettings).read.find(({ level }) => level === 'user'));
  });

  test('the day counts for the partner of an app, for an account by itself, and not for the marketplace', () => {
    expect(spenderOf(app)).toMatchObject({ shown: 'grant:grt_1', payer: 'partner:ptr_1' });
    expect(spenderOf(own)).toMatchObject({ shown: 'grant:grt_1', payer: 'account:acc_1' });
    expect(spenderOf({ ...own, kind: 's' })).toEqual({
      holders: ['token:tok_1'],
      shown: 'token:tok_1',
      payer: null,
    });
  });
});
