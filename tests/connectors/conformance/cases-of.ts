import { answerCases } from './cases/answers.ts';
import { deliveryCases } from './cases/delivery.ts';
import { lifeCases } from './cases/life.ts';
import { manifestCases } from './cases/manifest.ts';
import { messageCases } from './cases/messages.ts';
import { placeCases } from './cases/places.ts';
import { planCases } from './cases/plan.ts';
import type { Brought } from './hub.ts';
import { type Case, cleanRuns, type Proved, type Told } from './story.ts';

/** All cases of one connector, with nothing of Node in them. `golden`: `fixtures/plan.json`. */
export function casesOf(brought: Brought, golden?: unknown): Case[] {
  const proved = provedOf(brought, golden);
  return [manifestCases, planCases, deliveryCases, placeCases, answerCases, messageCases, lifeCases].flatMap(
    (cases) => cases(proved),
  );
}

export function provedOf(brought: Brought, golden?: unknown): Proved {
  const made = new Map<'runs', Promise<Told[][]>>();
  return {
    ...brought,
    golden,
    runs() {
      const runs = made.get('runs') ?? cleanRuns(brought);
      made.set('runs', runs);
      return runs;
    },
  };
}
