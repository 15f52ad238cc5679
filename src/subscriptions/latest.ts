import { eventTypes as catalogue, expandTypes, sampleEvent } from '#src/catalog';
import type { Ctx } from '#src/context';
import type { Candidate } from '#src/ports';
import { createViews } from '#src/view';
import { candidateOf } from './dry-run.ts';
import { draftOf } from './draft.ts';
import { type FeedPlace, newestEvents } from './feed-page.ts';
import { judge } from './match.ts';
import { type Sample, sampleOf } from './sample.ts';
import { subscriptionSpec } from './spec.ts';

const pageSize = 100;
/** What is not for the caller is rare among what its account's feed has of these types. */
const maxPages = 5;

/**
 * What a subscription to these types would have been sent last, newest first, in the standard form: judged as a push
 * is, and under the caller's own grant. Throws 422 where it wants what the caller may not see.
 */
export async function latestFor(ctx: Ctx, eventTypes: string[], limit: number): Promise<Sample[]> {
  const candidate = await candidateFor(ctx, eventTypes);
  const { grant } = candidate;
  const wanted = {
    env: ctx.caller.env,
    accountId: grant.accountId,
    types: expandTypes(eventTypes),
    after: grant.history ? 0 : grant.sinceEvent,
    limit: pageSize,
  };
  await ctx.gate.freshen();
  const samples: Sample[] = [];
  let before: FeedPlace | null = null;
  for (let page = 0; page < maxPages && samples.length < limit; page++) {
    const events = await newestEvents(ctx, { ...wanted, before });
    for (const { event } of events) {
      const views = createViews(event);
      if (judge(views, candidate, ctx.gate, 'consent').send === 'no') continue;
      const sample = sampleOf(views, candidate);
      if (sample) samples.push(sample);
    }
    before = events.at(-1) ?? null;
    if (events.length < pageSize) break;
  }
  return samples.slice(0, limit);
}

/** An event of the catalogue for each type that the caller may see, as it would be sent: for who has none of its own yet. */
export async function catalogueSamples(ctx: Ctx, eventTypes: string[]): Promise<Sample[]> {
  const candidate = await candidateFor(ctx, eventTypes);
  return expandTypes(eventTypes).flatMap((type) => {
    const known = catalogue.get(type);
    if (!known || type === 'integration.test') return [];
    const sample = sampleOf(
      createViews({
        position: 0,
        id: 'evt_sample',
        env: ctx.caller.env,
        type,
        schemaVersion: known.latest,
        occurredAtMs: ctx.clock.ms(),
        acceptedAtMs: ctx.clock.ms(),
        city: null,
        subject: `${type.split('.')[0]}s/sample`,
        sequence: 1,
        critical: false,
        audience: [candidate.grant.accountId],
        data: sampleEvent(type),
      }),
      candidate,
    );
    return sample ? [sample] : [];
  });
}

function candidateFor(ctx: Ctx, eventTypes: string[]): Promise<Candidate> {
  const spec = subscriptionSpec.parse({
    endpoint: { type: 'webhook', url: 'https://nowhere.invalid/' },
    event_types: eventTypes,
  });
  const draft = draftOf(ctx, 'sub_sample', { ...spec, host: '', maxPerSecond: 1 });
  return candidateOf(ctx, { ...draft, publicKey: null, sinceEvent: 0 });
}
