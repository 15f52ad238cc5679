import { asc, desc, eq } from 'drizzle-orm';
import {
  addClientSecret,
  createApp,
  createPartner,
  createRegistrationToken,
  reviewPartner,
  withdrawReview,
} from '#src/oauth';
import { type Input, isOn, listOf, needed, oneOf, show, type Terminal, textOf, wrong } from './command.ts';

export async function makePartner(terminal: Terminal, input: Input): Promise<void> {
  const id = await createPartner(await terminal.open(), 'cli', needed(input, 'name'));
  terminal.out(id);
  terminal.note(`Its apps: patchbay app create --partner ${id} --name … --redirect-uri … --scopes …`);
}

export async function listPartners(terminal: Terminal, input: Input): Promise<void> {
  const { store } = await terminal.open();
  const { partners, reviews } = store.tables;
  const rows = await store.db.select().from(partners).orderBy(asc(partners.name)).limit(1_000);
  const all = await store.db.select().from(reviews).orderBy(asc(reviews.id)).limit(10_000);
  const latest = new Map(all.map((review) => [review.partnerId, review]));
  show(
    terminal,
    input,
    rows.map(({ id, name }) => {
      const review = latest.get(id);
      return {
        id,
        name,
        review: review?.outcome ?? 'none',
        covers: review?.scopes ?? null,
        until: review?.expiresAt?.toISOString() ?? null,
      };
    }),
  );
}

export async function recordReview(terminal: Terminal, input: Input): Promise<void> {
  const [partnerId = '', outcome = ''] = input.args;
  const scopes = textOf(input, 'scopes');
  await reviewPartner(await terminal.open(), 'cli', {
    partnerId,
    outcome: oneOf(['passed', 'refused'], outcome, 'An outcome'),
    note: needed(input, 'note'),
    scopes: scopes === null ? null : listOf(scopes),
    expiresAt: momentIn(textOf(input, 'until')),
    reference: textOf(input, 'reference'),
  });
  terminal.out(`${partnerId} ${outcome}`);
}

function momentIn(text: string | null): Date | null {
  if (text === null) return null;
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) throw wrong('--until is a moment as in 2027-06-30T00:00:00Z.');
  return at;
}

export async function takeReviewBack(terminal: Terminal, input: Input): Promise<void> {
  const [partnerId = ''] = input.args;
  await withdrawReview(await terminal.open(), 'cli', { partnerId, note: needed(input, 'note') });
  terminal.out(`${partnerId} withdrawn`);
}

export async function makeRegistrationToken(terminal: Terminal, input: Input): Promise<void> {
  const [partnerId = ''] = input.args;
  terminal.out(await createRegistrationToken(await terminal.open(), 'cli', partnerId));
  terminal.note('Who holds it registers apps of this partner at /oauth/register. It is shown this once.');
}

export async function makeApp(terminal: Terminal, input: Input): Promise<void> {
  const ports = await terminal.open();
  const jwksFile = textOf(input, 'jwks');
  const hasKeys = jwksFile !== null || textOf(input, 'jwksUri') !== null;
  const made = await createApp(ports, 'cli', {
    partnerId: needed(input, 'partner'),
    name: needed(input, 'name'),
    env: isOn(input, 'test') ? 'test' : 'live',
    kind: oneOf(['public', 'confidential'], textOf(input, 'type') ?? 'confidential', 'A type'),
    redirectUris: listOf(textOf(input, 'redirectUri')),
    scopes: listOf(needed(input, 'scopes')),
    ...(isOn(input, 'device')
      ? { grantTypes: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'] }
      : {}),
    ...(hasKeys ? { authMethods: ['private_key_jwt'] } : {}),
    jwks: jwksFile === null ? null : parsed(await terminal.readFile(jwksFile)),
    jwksUri: textOf(input, 'jwksUri'),
    clientUri: textOf(input, 'uri'),
    requiresPush: isOn(input, 'requirePar'),
    requiresDpop: isOn(input, 'requireDpop'),
  });
  const { clientId, secret } = made;
  if (isOn(input, 'json'))
    return terminal.out(JSON.stringify({ client_id: clientId, client_secret: secret }, null, 2));
  terminal.out(secret === null ? clientId : `${clientId} ${secret}`);
  terminal.note(
    secret === null ? 'It has no secret.' : 'Client id and secret; the secret is shown this once.',
  );
}

export async function makeSecret(terminal: Terminal, input: Input): Promise<void> {
  const [appId = ''] = input.args;
  terminal.out(await addClientSecret(await terminal.open(), 'cli', appId));
  terminal.note('Shown this once. The one before goes on until it is revoked: patchbay token list --all');
}

export async function listApps(terminal: Terminal, input: Input): Promise<void> {
  const { store } = await terminal.open();
  const { apps, clients } = store.tables;
  const rows = await store.db
    .select({ name: apps.name, client: clients })
    .from(clients)
    .innerJoin(apps, eq(apps.id, clients.appId))
    .orderBy(desc(clients.appId))
    .limit(1_000);
  show(
    terminal,
    input,
    rows.map(({ name, client }) => ({
      id: client.appId,
      name,
      partner: client.partnerId,
      type: client.kind,
      env: client.env,
      scopes: client.scopes,
      redirects: client.redirectUris,
    })),
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw wrong('--jwks names a file that is not JSON.');
  }
}
