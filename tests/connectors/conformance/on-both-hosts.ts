/** The suite as tests: on Node, and the same cases inside workerd, from a bundle in which nothing of Node is. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Miniflare } from 'miniflare';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { at, bundleAlone, bundleSuites, type Place } from './bundle.ts';
import { casesOf, provedOf } from './cases-of.ts';
import { planned } from './cases/plan.ts';
import { exercise } from './exercise.ts';
import type { Brought } from './hub.ts';
import { readSpecification } from './specification.ts';

/** `isNew`: nobody can have reviewed its plan yet, so it is written wherever this runs. */
type Subject = Place & { name: string; isNew?: boolean };

/** All of them share one workerd. */
export async function proveOnBothHosts(...subjects: readonly Subject[]): Promise<void> {
  const worker = {} as { host: Miniflare };
  const read = await Promise.all(
    subjects.map(async (subject) => {
      const brought = await load(subject);
      return { subject, brought, golden: await reviewedPlan(brought, at(subject.plan), subject.isNew) };
    }),
  );
  beforeAll(async () => {
    const script = await bundleSuites(subjects);
    // Without `nodejs_compat`: there is no Node to lean on.
    worker.host = new Miniflare({ modules: true, script, compatibilityDate: '2026-07-01' });
  });
  afterAll(() => worker.host?.dispose());

  for (const [n, { subject, brought, golden }] of read.entries()) {
    const { name } = subject;
    describe(`${name} on Node`, () => {
      for (const { title, prove } of casesOf(brought, golden))
        test(title, async () => {
          await expect(prove()).resolves.toBeUndefined();
        });

      for (const [host, file] of Object.entries(brought.conformance.specifications ?? {}))
        test(`every request to ${host} is in ${file}`, async () => {
          expect(await complaints(brought, host, file)).toEqual([]);
        });
    });

    describe(`${name} in workerd`, () => {
      const found = new Map<string, string>();
      beforeAll(async () => {
        const answer = await worker.host.dispatchFetch(`http://suite/${n}`);
        for (const [title, told] of Object.entries((await answer.json()) as Record<string, string>))
          found.set(title, told);
      });

      test.each(casesOf(brought, golden).map(({ title }) => title))('%s', (title) => {
        expect(found.get(title)).toBe('proved');
      });

      test('its bundle has nothing of Node in it', async () => {
        expect(await bundleAlone(subject)).not.toMatch(
          /\b(?:from|import|require)\s*\(?["'](?:node:|fs|crypto)/,
        );
      });
    });
  }
}

/** Where there is none it is written, for somebody to read; not where nobody would. */
async function reviewedPlan(brought: Brought, file: string, isNew = false): Promise<unknown> {
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'));
  if (process.env['CI'] === 'true' && !isNew) return undefined;
  const made = await planned(provedOf(brought));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(made, null, 2)}\n`);
  return made;
}

async function load(place: Place): Promise<Brought> {
  const read = (path: string) => import(pathToFileURL(at(path)).href) as Promise<Record<string, unknown>>;
  const [{ connector }, { conformance }] = await Promise.all([
    read(place.connector),
    read(place.conformance),
  ]);
  if (!connector) throw new Error(`${place.connector} exports no \`connector\``);
  if (!conformance) throw new Error(`${place.conformance} exports no \`conformance\``);
  return { connector, conformance } as Brought; // The types of both files have been checked against the kit's.
}

async function complaints(brought: Brought, host: string, file: string): Promise<string[]> {
  const specification = readSpecification(file);
  const found = new Set<string>();
  const proved = provedOf(brought);
  for (const connection of brought.conformance.connections)
    for (const { request } of (await exercise(proved, connection)).line.calls) {
      const url = new URL(request.url);
      if (url.host !== host || !specification.covers(url)) continue;
      for (const complaint of await specification.complain(request.clone())) found.add(complaint);
    }
  return [...found];
}
