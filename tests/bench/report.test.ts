import { expect, test } from 'vitest';
import { createFigures, medianOf } from '../../bench/figures.ts';
import { type Profile, readOptions } from '../../bench/options.ts';
import { replaceBetweenMarks } from '../../bench/report.ts';
import { targetRows } from '../../bench/rows.ts';

const verdict = (figures: Record<string, number>, start: string, profile: Profile = 'embedded') => {
  const noted = createFigures();
  noted.note(figures);
  return targetRows(noted, profile).find((row) => row.name.startsWith(start));
};

test('a ratio on the right side of its target is met, on the wrong side missed', () => {
  expect(verdict({ 'hub.single': 41, http: 100 }, 'POST /v1/events')).toMatchObject({
    hub: 0.41,
    isMet: true,
  });
  expect(verdict({ 'hub.single': 39, http: 100 }, 'POST /v1/events')).toMatchObject({ isMet: false });
  expect(verdict({ 'hub.start': 999 }, 'start')).toMatchObject({ isMet: true });
  expect(verdict({ 'hub.start': 1001 }, 'start')).toMatchObject({ isMet: false });
});

test('a cluster is compared with the embedded hub of its own run', () => {
  const figures = { 'cluster.fan10': 71, 'hub.fan10': 100 };
  expect(verdict(figures, 'cluster / embedded, fan-out 10', 'cluster')).toMatchObject({
    hub: 0.71,
    isMet: true,
  });
  expect(
    verdict({ ...figures, 'cluster.fan10': 69 }, 'cluster / embedded, fan-out 10', 'cluster'),
  ).toMatchObject({
    isMet: false,
  });
});

test('a ratio of which one half was not measured has no verdict', () => {
  const row = verdict({ 'hub.single': 41 }, 'POST /v1/events');
  expect(row).not.toHaveProperty('isMet');
  expect(row).not.toHaveProperty('hub');
});

test('a median is one of the figures that were found', () => {
  expect(medianOf([9, 1, 5])).toBe(5);
  expect(medianOf([9, 1])).toBe(1);
  expect(medianOf([])).toBeUndefined();
});

test('a report replaces what stands between the marks and nothing else', () => {
  const page = 'a\n<!-- bench:start -->\nold\n<!-- bench:end -->\nz';
  const once = replaceBetweenMarks(page, 'new', 'embedded');
  expect(once).toBe('a\n<!-- bench:start -->\nnew\n<!-- bench:end -->\nz');
  expect(replaceBetweenMarks(once, 'new', 'embedded')).toBe(once);
  expect(() => replaceBetweenMarks(page, 'new', 'cluster')).toThrow('bench:cluster:start');
  expect(() => replaceBetweenMarks('no marks', 'new', 'embedded')).toThrow('bench:start');
});

test('a quick run is never written down, and an unknown section is refused', () => {
  expect(() => readOptions(['--quick', '--write'])).toThrow('quick');
  expect(() => readOptions(['--only', 'latencies'])).toThrow('unknown');
  expect(() => readOptions(['--profile', 'cluster', '--only', 'naive'])).toThrow('unknown');
  expect(readOptions(['--profile', 'cluster', '--only', 'two']).sections).toEqual(['two']);
  expect(readOptions(['--only', 'naive,thin']).sections).toEqual(['thin', 'naive']);
  expect(() => readOptions(['--profile', 'laptop'])).toThrow('there are embedded, cluster, access');
});

test('`--only access` is a profile of its own, with its own place in the page', () => {
  expect(readOptions(['--only', 'access', '--write'])).toMatchObject({
    profile: 'access',
    sections: ['authentication', 'levels'],
    writes: true,
  });
  expect(readOptions(['--profile', 'access', '--only', 'levels']).sections).toEqual(['levels']);
  const page =
    '<!-- bench:start -->e<!-- bench:end --><!-- bench:access:start -->\n<!-- bench:access:end -->';
  expect(replaceBetweenMarks(page, 'new', 'access')).toContain(
    '-->e<!-- bench:end --><!-- bench:access:start -->\nnew',
  );
  const figures = { 'access.embedded.micros': 21, 'access.redis.trips': 2_000 };
  expect(verdict(figures, 'authentication and caps, embedded, over HTTP', 'access')).toMatchObject({
    isMet: false,
  });
  expect(verdict(figures, 'round trips to Redis', 'access')).toMatchObject({ hub: 1, isMet: true });
});
