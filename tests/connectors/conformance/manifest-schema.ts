import * as z from 'zod';

const https = z.url({ protocol: /^https$/ });
const line = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .regex(/^[^\n]*$/, 'one line');
const word = z.string().regex(/^[a-z][a-z0-9-]*$/, 'lower-case letters, digits and hyphens');
const hostName = z
  .string()
  .regex(
    /^(?:\*\.)?(?:[a-z0-9-]+\.)+[a-z]{2,}$/,
    'a host name: no scheme, no port, no path; `*.` alone may lead',
  );
const choice = z.strictObject({ id: z.string(), label: line(100) });
const manual = z.strictObject({ manual: line(300) });

const oauth2 = z.strictObject({
  type: z.literal('oauth2'),
  authorizeUrl: https,
  tokenUrl: https,
  pkce: z.boolean(),
  clientAuth: z.enum(['basic', 'body']),
  scopeSeparator: z.enum([' ', ',']),
  params: z.record(z.string(), z.string()).optional(),
  refresh: z.strictObject({ rotates: z.boolean() }).nullable(),
  revoke: z.union([
    z.strictObject({
      url: https,
      credential: z.enum(['bearer', 'form']),
      isShared: z.literal(true).optional(),
    }),
    manual,
  ]),
  secretUrls: z.record(word, z.string().startsWith('/')).optional(),
});

const field = { name: z.string().min(1), label: line(60), help: line(300).optional() };

/** What the types of `Manifest` say, and what they cannot. Unknown fields are refused: a misspelt one does nothing. */
export const manifestSchema = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/, 'lower-case letters, digits and hyphens'),
  name: line(40),
  summary: line(140),
  version: z.string().regex(/^\d+\.\d+\.\d+$/, 'semver'),
  vendorApi: z.strictObject({ name: line(60), endsAt: z.iso.date().optional() }),
  auth: z.discriminatedUnion('type', [
    oauth2,
    z.strictObject({ type: z.literal('secret-url'), help: line(400), revoke: manual }),
  ]),
  tiers: z
    .array(
      z.strictObject({
        id: word,
        name: line(60),
        summary: line(200),
        scopes: z.array(z.string().min(1)),
        optionalScopes: z.array(z.string().min(1)).optional(),
        needs: z.array(z.string().min(1)).optional(),
      }),
    )
    .min(1),
  scopes: z.record(
    z.string().min(1),
    z.strictObject({ why: line(200), kinds: z.array(z.string()).min(1, 'a scope that nothing needs') }),
  ),
  hosts: z.array(hostName).min(1),
  consumes: z.array(z.string()).min(1),
  test: line(100).optional(),
  options: z.custom((value) => value instanceof z.ZodType, 'a zod schema'),
  form: z.array(
    z.discriminatedUnion('type', [
      z.strictObject({ ...field, type: z.literal('text'), placeholder: line(100).optional() }),
      z.strictObject({ ...field, type: z.literal('switch') }),
      z.strictObject({ ...field, type: z.literal('choice'), choices: z.array(choice).min(1) }),
      z.strictObject({ ...field, type: z.literal('vendor-choice'), fills: choice.optional() }),
      z.strictObject({ ...field, type: z.literal('map'), from: z.array(choice).min(1) }),
    ]),
  ),
  approvals: z.record(z.string(), line(200)).optional(),
  limits: z.array(
    z.strictObject({
      per: z.enum(['app', 'connection', 'resource']),
      tokens: z.int().positive(),
      windowMs: z.int().positive(),
    }),
  ),
  idempotency: z
    .record(word, z.enum(['client-id', 'upsert-key', 'content-address', 'precondition', 'none']))
    .refine((kinds) => Object.keys(kinds).length > 0, 'no kind of op'),
  recall: line(300),
  inbound: z
    .strictObject({
      of: z.enum(['app', 'connection']),
      toleranceSeconds: z.int().nonnegative(),
      intents: z.array(z.enum(['booking.respond', 'rfp.stage'])).optional(),
    })
    .optional(),
});
