/**
 * How a field of an event is spelled. Every leaf says which scope reveals it and what kind of data it is;
 * the projector, the filter language, the JSON Schemas and erasure all read that from here, so that a field
 * without it cannot exist (the outline of a schema refuses it).
 * The marks ride in zod's metadata under their JSON Schema names, which print them as they are.
 */
import * as z from 'zod';
import type { Scope } from './scopes.ts';
import { contentRatings } from './vocabulary.ts';

/** `sensitive` is personal data whose loss hurts most: what people wrote to each other. */
export type Privacy = 'none' | 'personal' | 'sensitive' | 'money';

export type Reveal = { scope: Scope; privacy: Privacy; description: string };

/**
 * What becomes of a media reference whose rating may not leave: `drop` takes the whole reference away,
 * `withhold` takes its `url` only. Manifests need the second: without every name, hash and size nobody could
 * check the manifest's own digest any more (S2-10).
 */
export type MediaRule = 'drop' | 'withhold';

export function reveal<S extends z.ZodType>(schema: S, { scope, privacy, description }: Reveal): S {
  return schema.meta({ description, 'x-patchbay-scope': scope, 'x-patchbay-privacy': privacy });
}

/** A spelling of `reveal` for many fields of one kind: `contact('E-mail address.', email())`. */
export function revealedBy(scope: Scope, privacy: Privacy) {
  return <S extends z.ZodType>(description: string, schema: S): S =>
    reveal(schema, { scope, privacy, description });
}

const money = revealedBy('money:read', 'money');

/** An id as the marketplace gives it: `bkg_01j…`. Lower case only, so that every store sorts it alike. */
export function id(prefix: string) {
  return z
    .string()
    .max(64)
    .regex(new RegExp(`^${prefix}_[0-9a-z][0-9a-z_-]*$`));
}

export function text(maxLength: number) {
  return z.string().min(1).max(maxLength);
}

/** RFC 3339 in UTC with the `Z`: one spelling, so that text order is time order. */
export function instant() {
  return z.iso.datetime().max(30);
}

/** A city is a slug that operations chose, not an enum: a new city must not need a release (S1-22). */
export function citySlug() {
  return z.string().regex(/^[a-z][a-z0-9-]{1,62}$/);
}

export function sha256() {
  return z.string().regex(/^[0-9a-f]{64}$/);
}

/** https, a public-looking host name, no credentials and no port in it. */
export function httpsUrl() {
  return z
    .string()
    .max(2048)
    .regex(
      /^https:\/\/(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}(?:[/?#][^\s<>"\\^`{|}]*)?$/,
    );
}

export function email() {
  return z.email().max(254);
}

/** E.164 within the North American plan (S1-19). */
export function usPhone() {
  return z.string().regex(/^\+1[2-9][0-9]{9}$/);
}

/** Nothing on this marketplace costs a hundred million dollars; a larger figure is a unit mistake. */
export function cents() {
  return z.int().min(0).max(10_000_000_000);
}

export function amount(what: string) {
  return z.strictObject({
    amount_cents: money(`${what}, in cents.`, cents()),
    currency: money('Always US dollars.', z.literal('USD')),
  });
}

/** A picture or film that the event points at. It leaves the hub only when its rating allows (S1-23, S2-09). */
export function media(scope: Scope, privacy: Privacy) {
  const field = revealedBy(scope, privacy);
  return mediaObject('drop', {
    url: field('Where it is.', httpsUrl()),
    content_rating: field(
      'What reviewers said of it; without a rating the event is refused.',
      z.enum(contentRatings),
    ),
    alt: field('What it shows, in words.', text(200)).optional(),
  });
}

/** An object with `url` and `content_rating` that the projector treats as media. */
export function mediaObject<S extends { url: z.ZodType; content_rating: z.ZodType } & z.ZodRawShape>(
  rule: MediaRule,
  shape: S,
) {
  return z.strictObject(shape).meta({ 'x-patchbay-media': rule });
}
