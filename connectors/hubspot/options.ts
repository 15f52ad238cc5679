import type { FormField } from '#kit';
import * as z from 'zod';
import { rfpFieldChoices, rfpFields } from './fields.ts';

/** The property by which a deal is found again: one deal for one RFP, whoever made it. */
export const rfpProperty = 'patchbay_rfp_id';

/** Set by the stages below, or by the key. */
const taken = new Set(['pipeline', 'dealstage', rfpProperty]);

/** HubSpot's own ids: `default`, `closedwon`, `1234567`. */
const vendorId = z.string().min(1).max(100);
const property = z.string().regex(/^[a-z][a-z0-9_]{0,99}$/, 'the internal name of a property of deals');

export const options = z.strictObject({
  pipeline: vendorId,
  stage_open: vendorId,
  stage_quoted: vendorId.optional(),
  stage_awarded: vendorId,
  stage_closed: vendorId,
  stage_withdrawn: vendorId.optional(),
  fields: z
    .record(property, z.enum(rfpFields))
    .refine((fields) => Object.keys(fields).length <= 40, 'at most 40 properties')
    .refine(
      (fields) => !Object.keys(fields).some((name) => taken.has(name)),
      `${[...taken].join(', ')} are set by the connector`,
    )
    .default({ amount: 'amount', closedate: 'respond_by', description: 'brief' }),
  stage_changes: z.boolean().default(false),
});

export type Options = z.infer<typeof options>;

/** What the RFP has come to, in the words of an `rfp.stage` intent. */
export type Stage = 'open' | 'quoted' | 'awarded' | 'closed' | 'withdrawn';

/** Where a deal stands at each stage; what was not chosen stands with its neighbour. */
export function dealStages(chosen: Options): Record<Stage, string> {
  return {
    open: chosen.stage_open,
    quoted: chosen.stage_quoted ?? chosen.stage_open,
    awarded: chosen.stage_awarded,
    closed: chosen.stage_closed,
    withdrawn: chosen.stage_withdrawn ?? chosen.stage_closed,
  };
}

export const form: readonly FormField[] = [
  {
    name: 'pipeline',
    label: 'Deal pipeline',
    type: 'vendor-choice',
    fills: { id: 'pipeline', label: 'Pipeline' },
  },
  {
    name: 'stage_open',
    label: 'Deal stage of a new RFP',
    type: 'vendor-choice',
    fills: { id: 'dealstage', label: 'Deal stage' },
    help: 'From when it is created until the first quote.',
  },
  {
    name: 'stage_quoted',
    label: 'Deal stage once there is a quote',
    type: 'vendor-choice',
    fills: { id: 'dealstage', label: 'Deal stage' },
    help: 'Nothing chosen: it stays where it is.',
  },
  {
    name: 'stage_awarded',
    label: 'Deal stage of an awarded RFP',
    type: 'vendor-choice',
    fills: { id: 'dealstage', label: 'Deal stage' },
  },
  {
    name: 'stage_closed',
    label: 'Deal stage of an RFP that nobody won',
    type: 'vendor-choice',
    fills: { id: 'dealstage', label: 'Deal stage' },
    help: 'It expired, or nobody answered.',
  },
  {
    name: 'stage_withdrawn',
    label: 'Deal stage of a withdrawn RFP',
    type: 'vendor-choice',
    fills: { id: 'dealstage', label: 'Deal stage' },
    help: 'Nothing chosen: the same as of one that nobody won.',
  },
  {
    name: 'fields',
    label: 'Deal properties',
    type: 'map',
    from: rfpFieldChoices,
    help: 'What each property of the deal is filled with. The name of the deal is the title, unless you say otherwise.',
  },
  {
    name: 'stage_changes',
    label: 'Ask for the same when somebody moves the deal',
    type: 'switch',
    help: 'A deal that is moved in HubSpot asks the marketplace to move the RFP. It may say no.',
  },
];
