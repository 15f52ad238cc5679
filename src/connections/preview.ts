import type { Choice, Failed, HubEvent, Op } from '#kit';
import type { Ctx } from '#src/context';
import { PatchbayError } from '#src/errors';
import { catalogueSamples, checkOptions, latestFor, type Sample } from '#src/subscriptions';
import { outcomeOfError } from './apply-op.ts';
import { findConnection, loadConnector } from './find.ts';
import { createVendorLimits } from './limits.ts';
import { openConnection } from './open.ts';

export type PreviewSpec = { options: Record<string, unknown>; event_types: string[]; last: number };
/** `is_sample`: of the catalogue, as nothing of the kind has happened yet. */
export type Preview = { event: HubEvent; ops: Op[]; is_sample: boolean }[];

/**
 * What the last real events would do at the vendor, under the caller's own grant, or, where none has happened, what a
 * sample of each type would; nothing is sent. Throws 422 for options that the connector does not take.
 */
export async function previewConnection(ctx: Ctx, id: string, spec: PreviewSpec): Promise<Preview> {
  const row = await findConnection(ctx, id);
  const connector = await loadConnector(ctx, row.connector);
  const options = checkOptions(connector, row.tier, spec.options, '/options');
  // A sample is the standard body, which is what a connector plans from.
  const planned = (isSample: boolean) => (sample: Sample) => ({
    event: sample as HubEvent,
    ops: connector.plan(sample as HubEvent, options, row.facts),
    is_sample: isSample,
  });
  const real = await latestFor(ctx, spec.event_types, spec.last);
  if (real.length > 0) return real.map(planned(false));
  const samples = (await catalogueSamples(ctx, spec.event_types)).map(planned(true));
  return samples.filter(({ ops }) => ops.length > 0).slice(0, spec.last);
}

/** The vendor's own list for a field of the form; of a map, its left side. Throws 404 for another field, 503 where the vendor cannot be asked. */
export async function listChoices(ctx: Ctx, id: string, field: string): Promise<readonly Choice[]> {
  const row = await findConnection(ctx, id);
  const connector = await loadConnector(ctx, row.connector);
  const isListed = connector.manifest.form.some(
    ({ name, type }) => name === field && (type === 'vendor-choice' || type === 'map'),
  );
  if (!isListed || !connector.choices)
    throw new PatchbayError('not_found', { public: `${connector.manifest.name} has no list for ${field}.` });
  const opened = await openConnection(ctx, connector, row, {
    limits: createVendorLimits(ctx),
    purpose: 'choices',
  });
  const answer = opened.ok
    ? await connector.choices(field, opened.ctx).catch((error: unknown): Failed => outcomeOfError(error))
    : ({ ok: false, kind: 'transient', code: opened.code, slow: 'call' } as const);
  if (answer.ok) return answer.choices;
  throw new PatchbayError('vendor_unavailable', {
    public: `${connector.manifest.name} did not give the list (${answer.code}). Try again, or type the id.`,
  });
}
