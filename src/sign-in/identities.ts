import { and, eq, sql } from 'drizzle-orm';
import { recordAudit } from '#src/audit';
import type { OidcSettings, Ports } from '#src/context';
import type { Db } from '#src/ports';
import { SignInFailure } from './failure.ts';
import type { Claims } from './id-token.ts';

type Needs = Pick<Ports, 'store' | 'clock' | 'ids'>;

/** An issuer's URL has no space, so no two pairs are written alike. */
export const identityId = ({ iss, sub }: Pick<Claims, 'iss' | 'sub'>): string => `${iss} ${sub}`;

/**
 * Whose identity this is. The pair of issuer and subject decides, and nothing else once it is known: a name or an address
 * that changes hands changes nobody. Unknown ones are linked by an explicit rule alone. Throws `unknown`, `taken`.
 */
export async function personOf(
  ports: Needs,
  settings: OidcSettings,
  claims: Claims,
  linksTo: string | null,
): Promise<string> {
  const owner = await ownerOf(ports, claims);
  if (owner !== null) {
    if (linksTo !== null && linksTo !== owner) throw new SignInFailure('taken');
    await noteUse(ports, claims);
    return owner;
  }
  const userId = linksTo ?? (await linkedBy(ports, settings, claims));
  if (userId !== null)
    return link(ports, claims, userId, linksTo === null ? settings.link?.by : 'invitation');
  if (!settings.isCreating) throw new SignInFailure('unknown');
  return create(ports, claims);
}

/** Whether this user signs in at the issuer already. */
export async function isLinked(
  { store }: Pick<Ports, 'store'>,
  { issuer }: OidcSettings,
  userId: string,
): Promise<boolean> {
  const { identities } = store.tables;
  const [linked] = await store.db
    .select({ id: identities.id })
    .from(identities)
    .where(and(eq(identities.userId, userId), eq(identities.issuer, issuer)))
    .limit(1);
  return linked !== undefined;
}

async function ownerOf({ store }: Needs, claims: Claims): Promise<string | null> {
  const { identities } = store.tables;
  const [known] = await store.db
    .select({ userId: identities.userId })
    .from(identities)
    .where(eq(identities.id, identityId(claims)))
    .limit(1);
  return known?.userId ?? null;
}

async function noteUse({ store, clock }: Needs, claims: Claims): Promise<void> {
  const { identities } = store.tables;
  await store.write((db) => [
    db
      .update(identities)
      .set({ lastSignInAt: clock.now() })
      .where(eq(identities.id, identityId(claims))),
  ]);
}

/** The operator's rule. Of two users with one address neither is meant. */
async function linkedBy({ store }: Needs, { link: rule }: OidcSettings, claims: Claims) {
  const { users } = store.tables;
  const isMeant =
    rule?.by === 'claim'
      ? typeof claims[rule.claim] === 'string' && eq(users.id, claims[rule.claim] as string) // Just asked.
      : // An address that the issuer has not proven is anybody's to claim.
        rule?.by === 'verified_email' && emailOf(claims) !== null
        ? sql`lower(${users.email}) = ${emailOf(claims)}`
        : false;
  if (isMeant === false) return null;
  const [one, other] = await store.db.select({ id: users.id }).from(users).where(isMeant).limit(2);
  return one && !other ? one.id : null;
}

/** Lower case. Null where it is not proven. */
const emailOf = ({ email, email_verified: isVerified }: Claims): string | null =>
  typeof email === 'string' && isVerified === true ? email.toLowerCase() : null;

async function link(ports: Needs, claims: Claims, userId: string, by = ''): Promise<string> {
  return orOwner(ports, claims, userId, (db) => [identityRow(db, ports, claims, userId, by)].flat());
}

/** A user of no account yet: what they may see is for the marketplace or the operator to say. */
async function create(ports: Needs, claims: Claims): Promise<string> {
  const { store, clock, ids } = ports;
  const userId = ids.newId('usr');
  const user = { id: userId, name: nameOf(claims), email: emailOf(claims), createdAt: clock.now() };
  return orOwner(ports, claims, userId, (db) => [
    db.insert(store.tables.users).values(user),
    ...identityRow(db, ports, claims, userId, 'creation'),
  ]);
}

function nameOf({ name, preferred_username: handle }: Claims): string {
  const text = [name, handle].find((one): one is string => typeof one === 'string' && one.trim() !== '');
  return text?.trim().slice(0, 200) ?? 'New person';
}

function identityRow(db: Db, ports: Needs, claims: Claims, userId: string, by: string) {
  const { store, clock } = ports;
  const now = clock.now();
  const { iss: issuer, sub: subject } = claims;
  return [
    db
      .insert(store.tables.identities)
      .values({ id: identityId(claims), issuer, subject, userId, createdAt: now, lastSignInAt: now }),
    recordAudit(db, ports, {
      actor: userId,
      action: 'user.identity',
      subject: userId,
      detail: { issuer, by },
    }),
  ];
}

/** Of two first sign-ins at once one writes; the other finds what it wrote, or that the user is linked to another. */
async function orOwner(
  ports: Needs,
  claims: Claims,
  userId: string,
  statements: Parameters<Ports['store']['write']>[0],
): Promise<string> {
  try {
    await ports.store.write(statements);
    return userId;
  } catch (error) {
    if (!ports.store.isConflict(error)) throw error;
    const owner = await ownerOf(ports, claims);
    if (owner === null) throw new SignInFailure('taken');
    return owner;
  }
}
