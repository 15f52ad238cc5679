import type { ShownRedrive } from '#src/events';
import { quarantineList } from '#src/inquiry';
import { Chip, counted, Empty, Pages, Select, When, withQuery } from '#src/ui';
import { type Console, page, type Visit } from './door.tsx';
import { quarantinePath, redrivePath } from './paths.ts';
import { type Asked, askedIn, isFiltered, keptPath, listPath, queryOf } from './quarantine-filter.ts';
import { filterWords, keptWords, kindWords, reasonKey } from './quarantine-words.ts';

type Found = Awaited<ReturnType<typeof quarantineList>>;

/** What was kept back: how much of which kind, and each of it. */
export function quarantinePage(desk: Console): void {
  page(desk, { path: quarantinePath, permission: 'quarantine:read' }, list);
}

async function list({ ctx, staff, query }: Visit) {
  const asked = askedIn((name) => query.get(name));
  const after = query.get('after') ?? '';
  const found = await quarantineList(ctx, {
    ...asked,
    limit: 25,
    ...(after === '' ? {} : { after }),
  });
  const { data, next_cursor: next } = found.page;
  const mayRedrive = staff.permissions.has('quarantine:redrive');
  return {
    title: 'Quarantine',
    body: (
      <div class="stack">
        <div class="row apart">
          <h1>Quarantine</h1>
          <EnvTabs asked={asked} />
        </div>
        {found.counts.total === 0 ? null : (
          <>
            <p class="lead">
              {amount(found)} kept back, and delivered to nobody, since{' '}
              {found.counts.total === 1 ? 'it is' : 'they are'} not what their type promises. Nothing is lost:
              mend the cause, then re-drive.
            </p>
            <Filters asked={asked} counts={found.counts} />
          </>
        )}
        {data.length === 0 ? (
          <None asked={asked} />
        ) : (
          <>
            {mayRedrive ? (
              <p>
                <a
                  class="button primary"
                  href={withQuery(`${quarantinePath}/redrive`, queryOf(asked))}
                  data-dialog
                >
                  Re-drive {isFiltered(asked) ? 'all that fit' : 'all of them'}
                </a>
              </p>
            ) : null}
            <List events={data} asked={asked} />
          </>
        )}
        <Pages
          first={after === '' ? null : listPath(asked)}
          next={next === null ? null : withQuery(quarantinePath, { ...queryOf(asked), after: next })}
        />
        {found.redrives.length > 0 ? <Redrives redrives={found.redrives} /> : null}
      </div>
    ),
  };
}

const amount = ({ counts: { total, at_least: isMore } }: Found): string =>
  isMore
    ? `More than ${total.toLocaleString('en')} events were`
    : `${counted(total, 'event')} ${total === 1 ? 'was' : 'were'}`;

function EnvTabs({ asked: { env } }: { asked: Asked }) {
  return (
    <nav class="tabs" aria-label="Which data">
      <a href={quarantinePath} {...(env === 'live' ? { 'aria-current': 'true' } : {})}>
        Live data
      </a>
      <a href={`${quarantinePath}?env=test`} {...(env === 'test' ? { 'aria-current': 'true' } : {})}>
        Test data
      </a>
    </nav>
  );
}

/** Each choice with how many there are of it: by reason, type and publisher. */
function Filters({ asked, counts }: { asked: Asked; counts: Found['counts'] }) {
  const wrong = new Map<string, string>();
  const choices = (any: string, all: (readonly [string, string, number])[], chosen: string | null) => [
    ['', any] as const,
    ...all.map(([key, name, n]) => [key, `${name} (${n.toLocaleString('en')})`] as const),
    ...(chosen === null || all.some(([key]) => key === chosen) ? [] : [[chosen, chosen] as const]),
  ];
  return (
    <form class="filters" method="get" action={quarantinePath} aria-label="Filter">
      <Select
        name="reason"
        label="Why"
        value={asked.reason ?? ''}
        choices={choices(
          'Anything',
          counts.reasons.map((one) => [reasonKey(one), kindWords(one), one.count]),
          asked.reason,
        )}
        wrong={wrong}
        goes
      />
      <Select
        name="type"
        label="Type"
        value={asked.type ?? ''}
        choices={choices(
          'Any',
          counts.types.map((one) => [one.type, one.type, one.count]),
          asked.type,
        )}
        wrong={wrong}
        goes
      />
      <Select
        name="publisher"
        label="Published by"
        value={asked.publisher ?? ''}
        choices={choices(
          'Anybody',
          counts.publishers.map((one) => [one.token, one.label ?? one.token, one.count]),
          asked.publisher,
        )}
        wrong={wrong}
        goes
      />
      {asked.env === 'test' ? <input type="hidden" name="env" value="test" /> : null}
      <button>Show</button>
    </form>
  );
}

function List({ events, asked }: { events: Found['page']['data']; asked: Asked }) {
  return (
    <table>
      <caption class="vh">Events in quarantine, newest first. Keys: j and k to walk, enter to open.</caption>
      <thead>
        <tr class="indent">
          <th>Event</th>
          <th class="wide-only">Why</th>
          <th class="wide-only">About</th>
          <th class="end">Received</th>
        </tr>
      </thead>
      <tbody>
        {events.map((one) => (
          <tr data-row>
            <td>
              <a class="whole" href={keptPath(one.id, asked.env)}>
                {one.type}
              </a>
              <p class="dim narrow-only">{why(one.reasons)}</p>
            </td>
            <td class="wide-only">{why(one.reasons)}</td>
            <td class="wide-only">
              <code>{one.subject}</code>
            </td>
            <td class="end dim">
              <When at={one.accepted_at} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function why(reasons: Found['page']['data'][number]['reasons']): string {
  const [first, ...more] = reasons;
  if (!first) return '';
  return more.length === 0
    ? keptWords(first)
    : `${keptWords(first)} and ${counted(more.length, 'thing')} more`;
}

function Redrives({ redrives }: { redrives: ShownRedrive[] }) {
  return (
    <section class="stack" aria-labelledby="redrives">
      <h2 id="redrives">Latest re-drives</h2>
      <table>
        <caption class="vh">Re-drives of many, newest first</caption>
        <tbody>
          {redrives.map((one) => (
            <tr data-row>
              <td>
                <a class="whole" href={redrivePath(one.id)}>
                  {counted(one.accepted, 'event')} accepted
                </a>
                <p class="dim">{filterWords(one)}</p>
              </td>
              <td>
                <RedriveChip state={one.state} />
              </td>
              <td class="end dim">
                <When at={one.created_at} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

export function RedriveChip({ state }: Pick<ShownRedrive, 'state'>) {
  switch (state) {
    case 'open':
      return <Chip tone="wait">under way</Chip>;
    case 'done':
      return <Chip tone="good">done</Chip>;
    case 'failed':
      return <Chip tone="bad">stopped</Chip>;
    default:
      return state satisfies never;
  }
}

function None({ asked }: { asked: Asked }) {
  if (isFiltered(asked))
    return (
      <Empty title="Nothing in quarantine fits">
        <p>
          <a href={listPath({ ...asked, type: null, reason: null, publisher: null })}>Show all of it</a>
        </p>
      </Empty>
    );
  return (
    <Empty title="Nothing is in quarantine">
      <p>
        An event whose data are not what its type promises is kept here with its reasons, under its sequence
        number, and is delivered to nobody. Once the cause is mended it is re-driven: accepted late, under the
        same number.
      </p>
    </Empty>
  );
}
