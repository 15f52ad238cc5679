import type { Choice, Failed, HubEvent, Op } from '#kit';
import type { Ctx } from '#src/context';
import { type FieldError, PatchbayError } from '#src/errors';
import { latestFor } from '#src/subscriptions';
import { outcomeOfError } from './apply-op.ts';
import { findConnection, loadConnector } from './find.ts';
import { createVendorLimits } from './limits.ts';
import { openConnection } from './open.ts';

export type PreviewSpec = { options: Record<string, unknown>; event_types: string[]; last: number };
export type Preview = { event: HubEvent; ops: Op[] }[];

/**
 * What the last real events would do at the vendor, under the caller's own grant; nothing is sent. Throws 422 for options
 * that the connector does not take.
 */
export async function previewConnection(ctx: Ctx, id: string, spec: PreviewSpec): Promise<Preview> {
  const row = await findConnection(ctx, id);
  const connector = await loadConnector(ctx, row.connector);
  const options = connector.manifest.options.safeParse(spec.options);
  if (!options.success)
    throw invalid(
      options.error.issues.map(({ path, message }) => ({
        pointer: ['/options', ...path.map(String)].join('/'),
        detail: message,
      })),
    );
  const samples = await latestFor(ctx, spec.event_types, spec.last);
  // A sample is the standard body, which is what a connector plans from.
  return samples.map((sample) => ({
    event: sample as HubEvent,
    ops: connector.plan(sample as HubEvent, options.data, row.facts),
  }));
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

const invalid = (errors: FieldError[]): PatchbayError =>
  new PatchbayError('validation_failed', { public: errors.map(({ detail }) => detail).join(' '), errors });
