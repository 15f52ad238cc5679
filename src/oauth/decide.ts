import { and, eq, gt, sql } from 'drizzle-orm';
import { raiseVersion, revoke } from '#src/access';
import { recordAuditIf } from '#src/audit';
import type { Ports } from '#src/context';
import { PatchbayError } from '#src/errors';
import type { Client } from './clients.ts';
import { type Chosen, type Consent, extendGrant, grantFor, makeGrant } from './grant-for.ts';
import { accountsOf, type Authorization, findWaiting } from './interaction.ts';
import { issuerOf } from './metadata.ts';
import { answerAt } from './redirect-uri.ts';
import { unreviewed } from './scopes.ts';
import { hashOf, newReference } from './secrets.ts';

type Needs = Pick<
  Ports,
  'store' | 'gate' | 'clock' | 'chance' | 'ids' | 'digest' | 'peppers' | 'settings' | 'queue'
>;
type Granted = { kind: 'granted'; userId: string; accountId: string; scopes: string[]; history: boolean };
/** `userId` is whom the portal has signed in. `history`: what happened before the consent is seen too. */
export type Decision = Granted | { kind: 'denied'; userId: string };
/** Where the browser goes, or nowhere: the device finds out by itself. */
export type Decided = { kind: 'redirect'; url: string } | { kind: 'device' };

/**
 * The person's answer, taken once: a compare-and-set from `waiting`, and all else in the same write. 404 where there is
 * nothing to decide any more, 403 for an account that the person may not answer for, 422 for other scopes than asked.
 */
export async function decide(ports: Needs, interaction: string, decision: Decision): Promise<Decided> {
  const { waiting, client } = await findWaiting(ports, interaction);
  if (decision.kind === 'denied') return deny(ports, waiting, decision.userId);
  await refuseScopes(ports, client, waiting, decision.scopes);
  await requireMember(ports, decision);
  const chosen = await grantFor(ports, client, decision.accountId);
  const { grantId, decided } = await approve(ports, waiting, client, decision, chosen);
  const end = (id: string, reason: string) =>
    revoke(ports, { level: 'grant', id, reason, actor: decision.userId });
  if (chosen.ends) await end(chosen.ends, 'consented_anew');
  // An account that was closed meanwhile: either its revocation found the grant, or the grant is taken back here.
  await requireMember(ports, decision).catch(async (error: unknown) => {
    await end(grantId, 'account_closed');
    throw error;
  });
  return decided;
}

async function deny(ports: Needs, waiting: Authorization, userId: string): Promise<Decided> {
  const { store, clock } = ports;
  const { authorizations } = store.tables;
  const [denied] = await store.write((db) => [
    db
      .update(authorizations)
      .set({ state: 'denied', userId, decidedAt: clock.now() })
      .where(isWaiting(ports, waiting.id))
      .returning({ id: authorizations.id }),
  ]);
  if (denied.length === 0) throw gone();
  return answered(ports, waiting, { error: 'access_denied', error_description: 'The person said no.' });
}

async function refuseScopes(
  ports: Needs,
  client: Client,
  waiting: Authorization,
  granted: readonly string[],
): Promise<void> {
  const isChosen = granted.length > 0 && new Set(granted).size === granted.length;
  const isAsked = granted.every((name) => waiting.scopes.includes(name));
  // Asked again: a review can be taken back while a page stands open.
  const refused = await unreviewed(ports, client.partnerId, granted);
  if (isChosen && isAsked && refused.length === 0) return;
  throw new PatchbayError('validation_failed', {
    public:
      refused.length > 0
        ? `These need a review of the partner: ${refused.join(', ')}.`
        : 'Choose among the scopes that were asked for, each once.',
  });
}

async function requireMember(
  ports: Needs,
  { userId, accountId }: Pick<Granted, 'userId' | 'accountId'>,
): Promise<void> {
  const accounts = await accountsOf(ports, userId);
  if (accounts.some(({ id }) => id === accountId)) return;
  throw new PatchbayError('forbidden', { public: 'You cannot answer for this account.' });
}

async function approve(
  ports: Needs,
  waiting: Authorization,
  client: Client,
  { userId, accountId, scopes, history }: Granted,
  { known }: Chosen,
): Promise<{ grantId: string; decided: Decided }> {
  const { store, clock, ids, gate, settings } = ports;
  const { authorizations } = store.tables;
  const now = clock.now();
  const mark = ids.newId('wrk');
  const code = waiting.redirectUri === null ? null : newReference(ports);
  const id = known?.id ?? ids.newId('grt');
  // The app's and the partner's values are those of the client, which was just seen to stand.
  const epochs = known
    ? {
        ...known.epochs,
        ...gate.snapshot({ user: userId }),
        installation: known.epochs.installation ?? ['', 0],
      }
    : { ...gate.snapshot({ account: accountId, user: userId, grant: id }), ...client.epochs };
  const consent: Consent = { userId, accountId, scopes, history, epochs };
  const isOurs = and(eq(authorizations.id, waiting.id), eq(authorizations.mark, mark));
  const isDecided = sql`exists (select 1 from ${authorizations} where ${isOurs})`;
  const codeFacts =
    code === null
      ? {}
      : { codeHash: hashOf(ports, code), expiresAt: new Date(now.getTime() + settings.codeMs) };
  const [approved] = await store.write((db) => [
    db
      .update(authorizations)
      .set({
        state: 'approved',
        mark,
        userId,
        accountId,
        grantId: id,
        granted: scopes,
        epochs: consent.epochs,
        decidedAt: now,
        ...codeFacts,
      })
      .where(isWaiting(ports, waiting.id))
      .returning({ id: authorizations.id }),
    known
      ? extendGrant(ports, db, known, consent, isDecided)
      : makeGrant(ports, db, client, { ...consent, id }, isDecided),
    ...raiseVersion(db, ports, { accountId }),
    recordAuditIf(
      db,
      ports,
      {
        actor: userId,
        action: known ? 'grant.extend' : 'grant.create',
        subject: id,
        accountId,
        detail: { app: client.appId, scopes, history },
      },
      isDecided,
    ),
  ]);
  if (approved.length === 0) throw gone();
  return { grantId: id, decided: answered(ports, waiting, { code }) };
}

function isWaiting({ store, clock }: Needs, id: string) {
  const { authorizations } = store.tables;
  return and(
    eq(authorizations.id, id),
    eq(authorizations.state, 'waiting'),
    gt(authorizations.expiresAt, clock.now()),
  );
}

const gone = (): PatchbayError =>
  new PatchbayError('not_found', { public: 'This request has been answered already, or has expired.' });

/** RFC 9207 §2: every answer names its issuer. */
function answered(
  ports: Needs,
  { redirectUri, clientState }: Authorization,
  answer: Record<string, string | null>,
): Decided {
  if (redirectUri === null) return { kind: 'device' };
  const url = answerAt(redirectUri, { ...answer, state: clientState, iss: issuerOf(ports) });
  return { kind: 'redirect', url };
}
