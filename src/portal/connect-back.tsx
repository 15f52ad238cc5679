import { type CallbackQuery, callbackPath, finishConnect, followMendLink } from '#src/connections';
import { PatchbayError } from '#src/errors';
import type { Child } from 'hono/jsx';
import { type Answered, open, type Portal, type Shown } from './door.tsx';
import { connectionPath, connectionsPath, connectPath, recipePath, signInPath, withQuery } from './paths.ts';
import { endedRecipeCookie, recipeOf } from './recipe-cookie.ts';

/** Where people come back to from a vendor, signed in or, after the link in a message, not. */
export function connectBackPages(portal: Portal): void {
  const { ports } = portal;
  const nameOf = async (connector: string) =>
    (await ports.connectors.load(connector))?.manifest.name ?? connector;

  open(portal, 'get', callbackPath, async ({ request, query }, session) => {
    const finish = async (): Promise<Answered> => {
      const { row, outcome } = await finishConnect(ports, queryOf(query), session?.person.id ?? null);
      const name = await nameOf(row.connector);
      const isTheirs = session?.account?.id === row.accountId;
      if (outcome === 'declined') return declinedPage(name, row.connector, session !== null);
      if (!isTheirs) return linkedPage(name, row.label);
      const recipe = recipeOf(request);
      const to = recipe === null ? connectionPath(row.id) : recipePath(recipe);
      return { to: withQuery(to, { done: 'linked' }), cookie: endedRecipeCookie };
    };
    return finish().catch((error: unknown) => failedPage(error, session !== null));
  });

  open(portal, 'get', `${connectionPath(':id')}/mend`, async ({ request, query }) => {
    const id = new URL(request.url).pathname.split('/').at(-2) ?? '';
    return followMendLink(ports, id, query.get('until') ?? '', query.get('sig') ?? '').then(
      (to) => ({ to }),
      (error: unknown) => failedPage(error, false),
    );
  });
}

const queryOf = (query: URLSearchParams): CallbackQuery => ({
  code: query.get('code') ?? undefined,
  state: query.get('state') ?? undefined,
  error: query.get('error') ?? undefined,
});

const linkedPage = (name: string, label: string): Shown => ({
  title: `${name} is connected`,
  body: (
    <Card title={`${name} is connected again`}>
      <p>
        {label === name ? 'All is well' : <b>{label}</b>}
        {label === name ? '' : ' is connected'}. What waited here goes out now. You can close this page.
      </p>
      <p>
        <a class="button" href={connectionsPath}>
          To your connections
        </a>
      </p>
    </Card>
  ),
});

const declinedPage = (name: string, connector: string, isSignedIn: boolean): Shown => ({
  title: `${name} is not connected`,
  body: (
    <Card title={`${name} is not connected`}>
      <p>{name} says that it was not allowed. Nothing was changed, here or there.</p>
      <p class="row">
        <a class="button primary" href={isSignedIn ? connectPath(connector) : signInPath}>
          {isSignedIn ? 'Try again' : 'Sign in'}
        </a>
        <a class="button" href={connectionsPath}>
          Leave it
        </a>
      </p>
    </Card>
  ),
});

/** What to do next, by what went wrong; anything else is told as everywhere. */
const failures: Record<string, [title: string, next: string]> = {
  not_found: ['That is over', 'To your connections'],
  forbidden: ['That was begun by somebody else', 'To your connections'],
  conflict: ['That is another account', 'To your connections'],
  vendor_unavailable: ['It is not connected yet', 'Begin again'],
  policy_refused: ['It is not set up yet', 'To your connections'],
};

function failedPage(error: unknown, isSignedIn: boolean): Shown {
  const known = error instanceof PatchbayError ? failures[error.code] : undefined;
  if (!(error instanceof PatchbayError) || !known) throw error;
  const [title, next] = known;
  return {
    title,
    status: error.status,
    body: (
      <Card title={title}>
        <p>{error.publicText}</p>
        <p>
          <a
            class="button primary"
            href={isSignedIn ? connectionsPath : withQuery(signInPath, { next: connectionsPath })}
          >
            {isSignedIn ? next : 'Sign in'}
          </a>
        </p>
      </Card>
    ),
  };
}

const Card = ({ title, children }: { title: string; children: Child }) => (
  <div class="card stack">
    <h1>{title}</h1>
    {children}
  </div>
);
