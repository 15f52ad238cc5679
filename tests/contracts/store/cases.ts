import type { Store } from '#src/ports';
import { deliveryCases } from './deliveries.ts';
import { matchCases } from './match.ts';
import { publishEffectCases } from './publish-effects.ts';
import { publishTurnCases } from './publish-turns.ts';
import { publishCases } from './publish.ts';
import { settleCases } from './settle.ts';
import { type Case, standOn } from './stand.ts';
import { usageCases } from './usage.ts';
import { writeCases } from './write.ts';

export const storeCases: Case[] = [
  ...writeCases,
  ...publishCases,
  ...publishEffectCases,
  ...publishTurnCases,
  ...matchCases,
  ...deliveryCases,
  ...settleCases,
  ...usageCases,
];

/** The store is shared by all cases, as it is by requests; each has names of its own. */
export async function proveCase(each: Case, store: Store): Promise<void> {
  await each.prove(standOn(store, `c${String(storeCases.indexOf(each)).padStart(2, '0')}x`));
}
