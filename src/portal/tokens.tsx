import { listTokens, type showToken } from '#src/access';
import { Empty, Pages, When } from '#src/ui';
import { page, type Portal } from './door.tsx';
import { appsPath, newTokenPath, sendersPath, tokenPath, tokensPath, withQuery } from './paths.ts';
import { isLive, TokenState } from './token-state.tsx';

type ShownToken = ReturnType<typeof showToken>;

export function tokenPages(portal: Portal): void {
  page(portal, tokensPath, async ({ ctx, query }) => {
    const after = query.get('after') ?? '';
    const { data, next_cursor: next } = await listTokens(ctx, {
      limit: 25,
      personal: true,
      ...(after === '' ? {} : { after }),
    });
    return {
      title: 'Tokens',
      body: (
        <div class="stack">
          <div class="row apart">
            <h1>Tokens</h1>
            {data.length > 0 ? (
              <a class="button primary" href={newTokenPath}>
                New token
              </a>
            ) : null}
          </div>
          <p class="lead">
            For programs of your own. What apps of others may do stands under{' '}
            <a href={appsPath}>connected apps</a>; a tool that signs its requests for proposals is{' '}
            <a href={sendersPath}>an RFP sender</a>.
          </p>
          {data.length > 0 ? <List tokens={data} nowMs={ctx.clock.ms()} /> : <None />}
          <Pages
            first={after === '' ? null : tokensPath}
            next={next === null ? null : withQuery(tokensPath, { after: next })}
          />
        </div>
      ),
    };
  });
}

function List({ tokens, nowMs }: { tokens: ShownToken[]; nowMs: number }) {
  return (
    <table>
      <caption class="vh">Tokens, newest first</caption>
      <thead>
        <tr>
          <th>Token</th>
          <th class="wide-only">May</th>
          <th>State</th>
          <th class="end wide-only">Last used</th>
          <th>
            <span class="vh">Action</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {tokens.map((token) => (
          <tr>
            <td>
              <b>{token.label}</b>
              <p class="dim">
                made <When at={token.created_at} />
              </p>
            </td>
            <td class="wide-only">{token.scopes.join(', ')}</td>
            <td>
              <TokenState of={token} nowMs={nowMs} gone="revoked" />
            </td>
            <td class="end dim wide-only">
              {token.last_used_at ? <When at={token.last_used_at} /> : 'never'}
            </td>
            <td class="end">
              {isLive(token, nowMs) ? (
                <a href={`${tokenPath(token.id)}/revoke`} data-dialog>
                  Revoke<span class="vh"> {token.label}</span>
                </a>
              ) : null}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function None() {
  return (
    <Empty title="No tokens yet">
      <p>
        A token lets a program of yours call the API: a script that reads your bookings, a sync with your CRM.
        It can do no more than you choose, and you end it here at any moment.
      </p>
      <p>
        <a class="button primary" href={newTokenPath}>
          New token
        </a>
      </p>
      <pre>{'curl -H "Authorization: Bearer pbk_…" …/v1/me'}</pre>
    </Empty>
  );
}
