import type { ShownRedrive } from '#src/events';
import type { quarantineList } from '#src/inquiry';
import { Chip, counted, Select, When } from '#src/ui';
import { quarantinePath, redrivePath } from './paths.ts';
import { type Asked, keptPath } from './quarantine-filter.ts';
import { filterWords, keptWords, kindWords, reasonKey } from './quarantine-words.ts';
import { Tabs } from './tabs.tsx';

type Found = Awaited<ReturnType<typeof quarantineList>>;
type Counts = Found['counts'];
type Kept = Found['page']['data'][number];

export function EnvTabs({ asked: { env } }: { asked: Asked }) {
  return (
    <Tabs
      name="Which data"
      at={env}
      tabs={[
        ['live', quarantinePath, 'Live data'],
        ['test', `${quarantinePath}?env=test`, 'Test data'],
      ]}
    />
  );
}

/** Each choice with how many there are of it: by reason, type and publisher. */
export function Filters({ asked, counts }: { asked: Asked; counts: Counts }) {
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

export function List({ events, asked }: { events: readonly Kept[]; asked: Asked }) {
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

function why(reasons: Kept['reasons']): string {
  const [first, ...more] = reasons;
  if (!first) return '';
  return more.length === 0
    ? keptWords(first)
    : `${keptWords(first)} and ${counted(more.length, 'thing')} more`;
}

export function Redrives({ redrives }: { redrives: ShownRedrive[] }) {
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
