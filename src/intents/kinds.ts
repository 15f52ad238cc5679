/**
 * The closed list of what may come in, and what each may say. No kind has a field for who somebody is, for a
 * verification, for the acceptance of work, or for money: such a wish cannot be spelled (tests/intents/kinds.test.ts).
 */
import * as z from 'zod';
import { providerRoles, usTimeZones } from '#src/catalog';
import type { Ports } from '#src/context';
import { PatchbayError } from '#src/errors';
import type { IntentKind } from '#src/store';
import { checked } from '#src/wire';

const noControls = 'No control characters.';
const line = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .regex(/^\P{Cc}*$/u, noControls);
const prose = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .regex(/^(?:\P{Cc}|[\n\r\t])*$/u, noControls);
const instant = () => z.iso.datetime({ error: 'An instant as in 2026-11-21T15:04:05Z.' }).max(30);

/** Of the marketplace's own things; lower case, as everywhere. */
const subjectOf = (path: string, prefix: string) =>
  z
    .string()
    .max(100)
    .regex(new RegExp(`^${path}/${prefix}_[0-9a-z][0-9a-z_-]{0,63}$`), `It begins with ${path}/${prefix}_.`);

const link = z
  .url({ protocol: /^https$/, error: 'An https URL.' })
  .max(2_048)
  .describe('Where it is: https, a public host, no password in it.');

/** What `POST /v1/rfps` takes beside the asker's own id of it. */
export const rfpWish = z.strictObject({
  title: line(140).describe('What is wanted, in a line.'),
  brief: prose(5_000).describe('What is wanted, in full.'),
  roles: z.array(z.enum(providerRoles)).min(1).max(5).describe('Who is wanted.'),
  city: z
    .string()
    .regex(/^[a-z][a-z0-9-]{1,62}$/, 'A city is a lower-case name such as houston.')
    .describe('City slug.'),
  time_zone: z.enum(usTimeZones).optional().describe('The zone of the place; else that of the city.'),
  shoot_starts_at: instant().optional().describe('When the work should start.'),
  shoot_ends_at: instant().optional().describe('When the work should end.'),
  respond_by: instant().optional().describe('When quotes should be due.'),
  references: z
    .array(z.strictObject({ url: link, alt: line(200).optional().describe('What it shows, in words.') }))
    .max(30)
    .optional()
    .describe('Pictures and pages that say what is meant. Reviewers look at them before anybody else does.'),
});

const bodies = {
  'rfp.create': rfpWish,
  'booking.respond': z.strictObject({
    subject: subjectOf('bookings', 'bkg'),
    response: z.enum(['accept', 'decline']),
    note: prose(500).optional(),
  }),
  'rfp.stage': z.strictObject({
    subject: subjectOf('rfps', 'rfp'),
    stage: line(100).describe('The stage as the customer’s own tool calls it.'),
  }),
} as const satisfies Record<IntentKind, z.ZodType>;

export const intentKinds = Object.keys(bodies) as [IntentKind, ...IntentKind[]]; // Exactly its keys.

/** For tests, and for nobody to add to elsewhere. */
export const intentBodies: Readonly<Record<IntentKind, z.ZodType>> = bodies;

export type IntentData = Record<string, unknown>;

/** The body as it is kept; its keys in one order, whatever was sent. Throws 422 with a pointer to each thing wrong. */
export function readIntent({ http }: Pick<Ports, 'http'>, kind: IntentKind, body: unknown): IntentData {
  switch (kind) {
    case 'rfp.create': {
      const wish = checked(rfpWish, body);
      refuseDates(wish);
      refuseLinks(http, wish.references ?? []);
      return wish;
    }
    case 'booking.respond':
    case 'rfp.stage':
      return checked(bodies[kind], body);
    default:
      return kind satisfies never;
  }
}

/** What it is about, of kinds that are about something there already; null for what is new. */
export function subjectOfIntent(data: IntentData): { kind: 'booking' | 'rfp'; id: string } | null {
  const [path, id] = typeof data['subject'] === 'string' ? data['subject'].split('/') : [];
  if (!id) return null;
  return { kind: path === 'bookings' ? 'booking' : 'rfp', id };
}

function refuseDates({ shoot_starts_at: starts, shoot_ends_at: ends }: z.output<typeof rfpWish>): void {
  if (starts === undefined || ends === undefined || Date.parse(ends) > Date.parse(starts)) return;
  throw new PatchbayError('validation_failed', {
    errors: [{ pointer: '/shoot_ends_at', detail: 'It must be later than shoot_starts_at.' }],
  });
}

/** As for endpoints: whatever looks at a link later must not be led to us or into a private network. */
function refuseLinks(http: Ports['http'], references: readonly { url: string }[]): void {
  const errors = references.flatMap(({ url }, i) => {
    const verdict = http.inspect(url);
    return verdict.ok ? [] : [{ pointer: `/references/${i}/url`, detail: verdict.detail }];
  });
  if (errors.length > 0) throw new PatchbayError('validation_failed', { errors });
}
