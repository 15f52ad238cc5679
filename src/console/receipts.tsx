import { findReceipt, listReceipts, levels, type StaffReceipt } from '#src/revocations';
import {
  Chip,
  Copyable,
  Crumb,
  Empty,
  type Fact,
  Facts,
  Pages,
  Select,
  TextField,
  When,
  withQuery,
} from '#src/ui';
import { type Console, page, type Visit } from './door.tsx';
import { receiptPath, revocationsPath } from './paths.ts';
import { reasonWords } from './reasons.ts';
import { SubjectId } from './subject-link.tsx';

/** What was revoked, and what became of it: each has a receipt that completes by itself. */
export function receiptPages(desk: Console): void {
  page(desk, { path: revocationsPath, permission: 'revocations:read' }, list);
  page(desk, { path: receiptPath(':id'), permission: 'revocations:read' }, async ({ ctx, param }) => {
    const receipt = await findReceipt(ctx, param('id'));
    return {
      title: 'Receipt',
      body: <Receipt receipt={receipt} />,
      ...(receipt.completed_at === null ? { refreshSeconds: 2 } : {}),
    };
  });
}

function Receipt({ receipt }: { receipt: StaffReceipt }) {
  const { id, level, subject, completed_at: completedAt, stopped } = receipt;
  const isDone = completedAt !== null;
  const count = (n: number | null): string =>
    n === null ? (isDone ? 'not counted' : 'being counted') : n.toLocaleString('en');
  const facts: Fact[] = [
    ['Of', <SubjectId level={level} id={subject} />],
    ['Reason', reasonWords(receipt.reason)],
    ['Note', receipt.note ?? 'none'],
    ['By', <code>{receipt.actor}</code>],
    [
      'Time to effect',
      receipt.effect_ms === null ? 'being measured' : `${receipt.effect_ms.toLocaleString('en')} ms`,
    ],
    ['Tokens stopped', count(stopped.tokens)],
    ['Grants ended', count(stopped.grants)],
    ['Subscriptions stopped', count(stopped.subscriptions)],
    ['Browsers signed out', count(stopped.sessions)],
    ['Deliveries cancelled', receipt.cancelled.toLocaleString('en')],
    ['Last delivery left', <LastSent receipt={receipt} />],
    ['Vendor credentials', vendorWords(receipt)],
    ['Complete', completedAt ? <When at={completedAt} exact /> : 'not yet'],
    ['Receipt', <Copyable text={id} name="the receipt’s id" />],
  ];
  return (
    <div class="stack form" data-live="receipt" data-stamp={JSON.stringify(receipt)}>
      <Crumb href={revocationsPath}>Receipts</Crumb>
      <div class="row apart">
        <h1>Revoked</h1>
        <Chip tone={isDone ? 'good' : 'wait'}>{isDone ? 'complete' : 'under way'}</Chip>
      </div>
      <p class="verdict">
        It is refused since <When at={receipt.created_at} exact />.{' '}
        {isDone
          ? 'Nothing that hung on it leaves any more.'
          : 'What is queued is being cancelled; nothing of it leaves meanwhile.'}
      </p>
      {isDone ? null : (
        <p class="dim" data-soon>
          This page completes by itself. You can leave it: the receipt is kept.
        </p>
      )}
      <Facts facts={facts} />
    </div>
  );
}

function LastSent({ receipt: { last_sent_at: at, last_delivery: id } }: { receipt: StaffReceipt }) {
  if (at === null) return <>none was sent</>;
  return (
    <>
      <When at={at} exact />
      {id ? (
        <>
          {' '}
          <code>{id}</code>
        </>
      ) : null}
    </>
  );
}

function vendorWords({ vendor_credentials: { total, revoked, shredded } }: StaffReceipt): string {
  return total === 0 ? 'none' : `${revoked} of ${total} revoked, ${shredded} shredded`;
}

async function list({ ctx, query }: Visit) {
  const of = (name: string) => query.get(name)?.trim() ?? '';
  const filter = { level: of('level'), subject: of('subject'), state: of('state'), after: of('after') };
  const { data, next_cursor: next } = await listReceipts(ctx, {
    limit: 25,
    ...(filter.level === '' ? {} : { level: filter.level }),
    ...(filter.subject === '' ? {} : { subject: filter.subject }),
    ...(filter.state === '' ? {} : { completed: filter.state === 'complete' }),
    ...(filter.after === '' ? {} : { after: filter.after }),
  });
  const isFiltered = filter.level !== '' || filter.subject !== '' || filter.state !== '';
  return {
    title: 'Receipts',
    body: (
      <div class="stack">
        <h1>Receipts</h1>
        <Filters filter={filter} />
        {data.length === 0 ? <None isFiltered={isFiltered} /> : <List receipts={data} />}
        <Pages
          first={filter.after === '' ? null : withQuery(revocationsPath, { ...filter, after: '' })}
          next={next === null ? null : withQuery(revocationsPath, { ...filter, after: next })}
        />
      </div>
    ),
  };
}

type Filter = { level: string; subject: string; state: string };

function Filters({ filter }: { filter: Filter }) {
  const wrong = new Map<string, string>();
  return (
    <form class="filters" method="get" action={revocationsPath} aria-label="Filter">
      <Select
        name="level"
        label="Of"
        value={filter.level}
        choices={[['', 'Anything'], ...levels.map((level) => [level, level] as const)]}
        wrong={wrong}
        goes
      />
      <Select
        name="state"
        label="State"
        value={filter.state}
        choices={[
          ['', 'Any'],
          ['open', 'under way'],
          ['complete', 'complete'],
        ]}
        wrong={wrong}
        goes
      />
      <TextField
        name="subject"
        label="Id of what was revoked"
        value={filter.subject}
        wrong={wrong}
        isOptional
        isSearch
        mono
      />
      <button>Show</button>
    </form>
  );
}

function List({ receipts }: { receipts: StaffReceipt[] }) {
  return (
    <div
      data-live="receipts"
      data-stamp={receipts.map(({ id, completed_at }) => `${id}${completed_at}`).join()}
    >
      <table>
        <caption class="vh">Receipts, newest first. Keys: j and k to walk, enter to open.</caption>
        <thead>
          <tr class="indent">
            <th>Revoked</th>
            <th class="wide-only">Reason</th>
            <th>State</th>
            <th class="end">When</th>
          </tr>
        </thead>
        <tbody>
          {receipts.map((one) => (
            <tr data-row>
              <td>
                <a class="whole" href={receiptPath(one.id)}>
                  {one.level} <code>{one.subject}</code>
                </a>
              </td>
              <td class="wide-only">{reasonWords(one.reason)}</td>
              <td>
                <Chip tone={one.completed_at ? 'good' : 'wait'}>
                  {one.completed_at ? 'complete' : 'under way'}
                </Chip>
              </td>
              <td class="end dim">
                <When at={one.created_at} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function None({ isFiltered }: { isFiltered: boolean }) {
  if (isFiltered)
    return (
      <Empty title="Nothing fits this filter">
        <p>
          <a href={revocationsPath}>Show all receipts</a>
        </p>
      </Empty>
    );
  return (
    <Empty title="Nothing was revoked yet">
      <p>
        Each revocation leaves a receipt: what ended, how long it took to take effect, and when the last
        delivery left.
      </p>
    </Empty>
  );
}
