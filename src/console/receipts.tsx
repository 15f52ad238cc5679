import { findReceipt, listReceipts, levels, type StaffReceipt } from '#src/revocations';
import { Chip, Empty, Pages, Select, TextField, When, withQuery } from '#src/ui';
import { type Console, page, type Visit } from './door.tsx';
import { receiptPath, revocationsPath } from './paths.ts';
import { reasonWords } from './reasons.ts';
import { Receipt } from './receipt.tsx';

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
