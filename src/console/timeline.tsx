import {
  type Entry,
  type EntryKind,
  entryKinds,
  type Level,
  levelPermissions,
  timelineOf,
} from '#src/inquiry';
import { Crumb, Empty, Pages, When } from '#src/ui';
import { type Console, page, type Visit } from './door.tsx';
import { casePath, deliveryPath, subjectLevels, subjectPath } from './paths.ts';
import { AnyId } from './subject-link.tsx';
import { kindWords, sentenceOf } from './timeline-words.ts';

/** What is shown where nothing was chosen: looks of staff would hide the rest. */
const usual: readonly EntryKind[] = ['deed', 'delivery', 'use', 'case'];

/** All that happened to one thing, and what it did: a page of its own, with a filter that stands in the address. */
export function timelinePages(desk: Console): void {
  for (const level of subjectLevels)
    page(
      desk,
      {
        path: `${subjectPath(level, ':id')}/timeline`,
        permission: 'timeline:read',
        also: levelPermissions[level],
      },
      (visit) => show(visit, level),
    );
}

/** The newest few, for the page of the thing itself. */
export async function newestOf({ ctx, param }: Visit, level: Level): Promise<Entry[]> {
  const { data } = await timelineOf(ctx, { level, id: param('id') }, { kinds: usual, limit: 10 });
  return data;
}

async function show({ ctx, param, query }: Visit, level: Level) {
  const id = param('id');
  const asked = entryKinds.filter((kind) => query.getAll('kinds').includes(kind));
  const kinds = asked.length === 0 ? usual : asked;
  const after = query.get('after') ?? '';
  const { data, next_cursor: next } = await timelineOf(
    ctx,
    { level, id },
    { kinds, limit: 50, ...(after === '' ? {} : { after }) },
  );
  const here = `${subjectPath(level, id)}/timeline`;
  const at = (cursor: string | null) =>
    `${here}?${new URLSearchParams([...asked.map((kind) => ['kinds', kind]), ...(cursor ? [['after', cursor]] : [])]).toString()}`;
  return {
    title: `Activity of ${level} ${id}`,
    body: (
      <div class="stack">
        <header>
          <Crumb href={subjectPath(level, id)}>
            {level} {id}
          </Crumb>
          <h1>Activity</h1>
        </header>
        <form class="filters" method="get" action={here} aria-label="Filter">
          <fieldset class="row">
            <legend class="vh">Show</legend>
            {entryKinds.map((kind) => (
              <label class="pick">
                <input type="checkbox" name="kinds" value={kind} checked={kinds.includes(kind)} />
                <span>{kindWords[kind]}</span>
              </label>
            ))}
          </fieldset>
          <button>Show</button>
        </form>
        {data.length === 0 ? (
          <Empty title="Nothing of this kind is on record">
            <p>
              <a href={here}>Show all kinds</a>
            </p>
          </Empty>
        ) : (
          <Entries entries={data} />
        )}
        <Pages first={after === '' ? null : at(null)} next={next === null ? null : at(next)} />
      </div>
    ),
  };
}

/** Leads on, where there is more to read. */
function Sentence({ entry }: { entry: Entry }) {
  const words = sentenceOf(entry);
  if (entry.kind === 'case') return <a href={casePath(entry.subject)}>{words}</a>;
  if (entry.kind === 'delivery') return <a href={deliveryPath(entry.subject)}>{words}</a>;
  return <>{words}</>;
}

export function Entries({ entries }: { entries: readonly Entry[] }) {
  return (
    <table>
      <caption class="vh">What happened, newest first</caption>
      <thead>
        <tr class="indent">
          <th>What</th>
          <th class="wide-only">By</th>
          <th class="wide-only">Of</th>
          <th class="end">When</th>
        </tr>
      </thead>
      <tbody>
        {entries.map((entry) => (
          <tr data-row>
            <td>
              <Sentence entry={entry} />
            </td>
            <td class="wide-only">{entry.actor ? <AnyId text={entry.actor} /> : null}</td>
            <td class="wide-only">
              <AnyId text={entry.subject} />
            </td>
            <td class="end dim">{entry.kind === 'use' ? entry.at.slice(0, 10) : <When at={entry.at} />}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
