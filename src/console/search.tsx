import { PatchbayError } from '#src/errors';
import { type Found, search } from '#src/inquiry';
import { lookUpToken } from '#src/leaks';
import { requirePermission, staffActor } from '#src/staff';
import { counted, Empty, withQuery } from '#src/ui';
import { type Console, deed, page, type Shown, type Visit } from './door.tsx';
import {
  casePath,
  deliveryPath,
  eventPath,
  intentPath,
  receiptPath,
  searchPath,
  subjectPath,
} from './paths.ts';
import { SearchField } from './search-field.tsx';
import { levelOfId } from './subject-link.tsx';
import { TokenFound } from './token-found.tsx';

/** Anything by its id, name, address or host; a token as it was found, which never comes into an address. */
export function searchPages(desk: Console): void {
  page(desk, { path: searchPath, permission: 'search:read' }, async (visit) => {
    const text = visit.query.get('q')?.trim() ?? '';
    if (isSecret(text)) return { to: withQuery(searchPath, { done: 'in_address' }) };
    return text === '' ? shown(<Hints />, '') : shown(await results(visit, text), text);
  });
  deed(desk, { path: searchPath, permission: 'search:read' }, async (visit) => {
    const text = visit.form.one('q');
    if (isSecret(text)) return lookUp(visit, text);
    const level = levelOfId(text);
    return { to: level ? subjectPath(level, text) : withQuery(searchPath, { q: text }) };
  });
}

/** What nobody may keep, whole or in part. */
const isSecret = (text: string): boolean => /(?:pbk_[a-z]{2}_|whsec_)/i.test(text);

async function lookUp({ ctx, staff }: Visit, text: string): Promise<Shown> {
  requirePermission(staff, 'tokens:lookup');
  const looked = await lookUpToken(ctx, { actor: staffActor(staff), requestId: ctx.requestId }, text);
  return shown(<TokenFound looked={looked} staff={staff} />, '');
}

const shown = (body: Shown['body'], text: string): Shown => ({
  title: 'Find',
  body: (
    <div class="stack-l">
      <header>
        <h1 class="vh">Find</h1>
        <SearchField value={text} isFirst={text === ''} />
      </header>
      {body}
    </div>
  ),
});

async function results({ ctx }: Visit, text: string) {
  if (text.length < 2 || text.length > 300) return <Nothing text={text} />;
  const found = await search(ctx, text).then(
    ({ found: all }) => all,
    (error: unknown) => {
      if (error instanceof PatchbayError && error.code === 'invalid_parameter') return [];
      throw error;
    },
  );
  if (found.length === 0) return <Nothing text={text} />;
  const kinds = Map.groupBy(found, ({ kind }) => kind);
  return (
    <>
      {[...kinds].map(([kind, own]) => (
        <Kind kind={kind} found={own} />
      ))}
      <p class="dim small">
        {counted(found.length, 'result')}. Keys: j and k to walk, enter to open, / to search.
      </p>
    </>
  );
}

function Kind({ kind, found }: { kind: string; found: readonly Found[] }) {
  const name = names[kind] ?? kind;
  return (
    <section class="stack" aria-labelledby={`of-${kind}`}>
      <h2 id={`of-${kind}`}>{name}</h2>
      <table>
        <caption class="vh">{name}</caption>
        <thead>
          <tr class="indent">
            <th>Name</th>
            <th class="wide-only">Id</th>
            <th class="end">Found by</th>
          </tr>
        </thead>
        <tbody>
          {found.map((one) => (
            <tr data-row>
              <td>
                <Named one={one} />
                <p class="narrow-only">
                  <code class="dim">{one.id}</code>
                </p>
              </td>
              <td class="wide-only">
                <code>{one.id}</code>
              </td>
              <td class="end dim">{one.matched}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Named({ one }: { one: Found }) {
  const href = hrefOf(one);
  const title = one.title === '' ? one.id : one.title;
  return href === null ? (
    <>{title}</>
  ) : (
    <a class="whole" href={href}>
      {title}
    </a>
  );
}

function hrefOf({ kind, id, at }: Found): string | null {
  if (kind === 'case') return casePath(id);
  if (kind === 'revocation') return receiptPath(id);
  if (kind === 'intent') return intentPath(id);
  if (kind === 'event') return eventPath(id);
  if (kind === 'delivery') return deliveryPath(id);
  return at === null ? null : subjectPath(at.level, at.id);
}

const names: Record<string, string> = {
  token: 'Tokens',
  grant: 'Grants',
  user: 'Users',
  app: 'Apps',
  partner: 'Partners',
  account: 'Accounts',
  subscription: 'Subscriptions',
  delivery: 'Deliveries',
  event: 'Events',
  case: 'Cases',
  revocation: 'Receipts',
  intent: 'Intents',
  session: 'Browsers signed in',
};

function Nothing({ text }: { text: string }) {
  return (
    <Empty title="Nothing was found">
      <p>
        Nothing that you may see goes by <b>{text}</b>. Names are found by how they begin, e-mails and hosts
        only whole.
      </p>
    </Empty>
  );
}

function Hints() {
  return (
    <Empty title="What can be found">
      <ul class="stack">
        <li>
          A token as it was found, alone or in a text around it: whose it is, and whether it still opens
          anything
        </li>
        <li>
          An id of any kind: <code>tok_</code> <code>grt_</code> <code>usr_</code> <code>app_</code>{' '}
          <code>ptr_</code> <code>acc_</code> <code>sub_</code> <code>evt_</code> <code>dlv_</code>{' '}
          <code>cas_</code> <code>rvk_</code>
        </li>
        <li>The beginning of a name of a person, an account, an app or a partner</li>
        <li>A whole e-mail address, an IP address, an endpoint’s address or its host</li>
      </ul>
    </Empty>
  );
}
