import { readScopes } from '#src/catalog';
import type { Ctx } from '#src/context';
import { PatchbayError } from '#src/errors';
import {
  changeSubscription,
  type DryRun,
  etagOf,
  findSubscription,
  showSubscription,
  subscriptionChange,
  type SubscriptionRow,
} from '#src/subscriptions';
import { Ask, Crumb, type Wrong, WrongSummary } from '#src/ui';
import { checked } from '#src/wire';
import { saysNow } from './changed-words.tsx';
import { nameOf } from './cords.ts';
import { type Answered, deed, type Gone, page, type Portal, type Shown } from './door.tsx';
import { isOffered } from './families.ts';
import { plugPath, subscriptionPath, withQuery } from './paths.ts';
import { changeOf, faultsOf, refusalsOf, type Wish, wishOf, wishOfRow } from './subscription-form.ts';
import { Tried } from './tried.tsx';
import { tryOut } from './try-out.ts';
import { WishFields } from './wish-fields.tsx';

/** `version`: the tag of the one that the person has seen. What is saved takes the place of that one, or of none. */
type Draft = { row: SubscriptionRow; wish: Wish; version: string };

/** The form of a new subscription, filled in with what there is. What goes through a connection has a page of its own. */
export function changeSubscriptionPages(portal: Portal): void {
  const path = `${subscriptionPath(':id')}/change`;
  page(portal, path, async ({ ctx, param }) => {
    const row = await findSubscription(ctx, param('id'));
    return elsewhere(row) ?? formPage({ row, wish: wishOfRow(row), version: etagOf(row) }, new Map(), null);
  });
  deed(portal, path, async ({ ctx, param, form }) => {
    const row = await findSubscription(ctx, param('id'));
    const away = elsewhere(row);
    if (away) return away;
    // The signature was chosen once, and is no part of the form.
    const draft = { row, wish: { ...wishOf(form), signature: row.signature }, version: form.one('version') };
    try {
      if (form.one('intent') === 'try') return formPage(draft, ...(await tryOut(ctx, draft.wish)));
      const faults = faultsOf(draft.wish);
      return faults.size > 0 ? formPage(draft, faults, null) : await save(ctx, draft);
    } catch (error) {
      return formPage(draft, refusalsOf(error), null);
    }
  });
}

const elsewhere = ({ id, endpoint }: SubscriptionRow): Gone | null =>
  endpoint.type === 'connection' ? { to: plugPath(endpoint.connection_id, id) } : null;

async function save(ctx: Ctx, { row, wish, version }: Draft): Promise<Answered> {
  const { defaultMaxPerSecond } = ctx.settings;
  const change = changeOf(wish, row, defaultMaxPerSecond);
  const names = Object.keys(change);
  const back = subscriptionPath(row.id);
  if (names.length === 0) return { to: withQuery(back, { done: 'unchanged' }) };
  try {
    await changeSubscription(ctx, row.id, checked(subscriptionChange, change), version);
    return { to: withQuery(back, { changed: names.join(',') }) };
  } catch (error) {
    if (!(error instanceof PatchbayError && error.code === 'precondition_failed')) throw error;
    const now = await findSubscription(ctx, row.id);
    const wrong = saysNow(now, Object.keys(changeOf(wish, now, defaultMaxPerSecond)));
    const title = 'It was changed meanwhile by another person or a program: nothing of yours is saved yet';
    return {
      ...formPage({ row: now, wish, version: etagOf(now) }, wrong, null, title),
      status: error.status,
    };
  }
}

function formPage(
  { row, wish, version }: Draft,
  wrong: Wrong,
  tried: DryRun | null,
  title = 'Nothing was changed yet',
): Shown {
  const name = nameOf(showSubscription(row));
  return {
    title: `Change ${name}`,
    status: wrong.size > 0 ? 422 : 200,
    body: (
      <div class="stack">
        <Crumb href={subscriptionPath(row.id)}>{name}</Crumb>
        <h1>Change {name}</h1>
        <Reach row={row} />
        <WrongSummary wrong={wrong} title={title} />
        <div class="cols even">
          <Ask action={`${subscriptionPath(row.id)}/change`} label={`Change ${name}`}>
            <input type="hidden" name="version" value={version} />
            <WishFields
              wish={wish}
              wrong={wrong}
              addressHint="A new address gets one event a second until it has taken one. The secret stays, and what waits goes there too."
              signature={<Signature row={row} />}
            />
            <div class="row acts">
              <button name="intent" value="save" class="primary">
                Save the changes
              </button>
              <button name="intent" value="try" formnovalidate>
                Try it on past events
              </button>
              <a class="button" href={subscriptionPath(row.id)}>
                Leave it as it is
              </a>
            </div>
          </Ask>
          <aside class="stack" aria-label="What it would do">
            <Tried tried={tried} types={wish.types.filter(isOffered)} />
          </aside>
        </div>
      </div>
    ),
  };
}

/** What a change can reach, and what follows from one. */
function Reach({ row }: { row: SubscriptionRow }) {
  const read = readScopes.filter((scope) => row.scopes.includes(scope));
  return (
    <>
      <p class="lead">
        It holds for what is sent from the moment that you save it; nothing that waits is lost.
      </p>
      {row.approval === null ? null : (
        <p>
          The marketplace looks at this subscription: a change of where it goes or what it asks for may make
          it wait for approval.
        </p>
      )}
      {read.length < readScopes.length ? (
        <p class="dim">
          A token has made it, so it can ask for no more than that one might read:{' '}
          {read.join(', ') || 'nothing'}.
        </p>
      ) : null}
    </>
  );
}

function Signature({ row }: { row: SubscriptionRow }) {
  return (
    <div class="field">
      <p>
        <b>Signature</b>
      </p>
      <p>{row.signature === 'v1a' ? 'Key pair (Ed25519)' : 'Shared secret (HMAC)'}</p>
      <p class="hint">
        It stays: your receiver was set up for it. For the other one, make a new subscription.
      </p>
    </div>
  );
}
