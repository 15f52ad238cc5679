import { eventsFor } from '#src/inquiry';
import { Crumb, Empty, TextField, When } from '#src/ui';
import { type Console, page, type Shown, type Visit } from './door.tsx';
import { accountEventsPath, eventPath, subjectPath } from './paths.ts';

/** What came for an account, sent or not: who misses an event knows its type and about when, never its id. */
export function accountEventsPage(desk: Console): void {
  page(desk, { path: accountEventsPath(':id'), permission: 'timeline:read', also: 'people:read' }, listOf);
}

async function listOf({ ctx, param, query }: Visit): Promise<Shown> {
  const id = param('id');
  const type = query.get('type')?.trim() ?? '';
  const { name, events } = await eventsFor(ctx, id, type === '' ? null : type);
  return {
    title: `Events for ${name}`,
    body: (
      <div class="stack">
        <header class="stack">
          <Crumb href={subjectPath('account', id)}>account {name}</Crumb>
          <h1>Events for {name}</h1>
          <p class="dim">The newest that came for it, sent or not. Open one to read where it went.</p>
        </header>
        <form class="filters" method="get" action={accountEventsPath(id)} aria-label="Filter">
          <TextField
            name="type"
            label="Type"
            value={type}
            placeholder="rfp.broadcast"
            wrong={new Map()}
            isOptional
            isSearch
            mono
          />
          <button>Show</button>
        </form>
        {events.length === 0 ? <NoEvents at={accountEventsPath(id)} isFiltered={type !== ''} /> : null}
        {events.length === 0 ? null : (
          <table>
            <caption class="vh">Events, newest first. Keys: j and k to walk, enter to open.</caption>
            <thead>
              <tr class="indent">
                <th>Type</th>
                <th class="wide-only">Event</th>
                <th class="wide-only">City</th>
                <th class="end">Came</th>
              </tr>
            </thead>
            <tbody>
              {events.map((one) => (
                <tr data-row>
                  <td>
                    <a class="whole" href={eventPath(one.id, id)}>
                      {one.type}
                    </a>
                    {one.env === 'test' ? <p class="dim">test data</p> : null}
                  </td>
                  <td class="wide-only">
                    <code>{one.id}</code>
                  </td>
                  <td class="wide-only">{one.city ?? 'none'}</td>
                  <td class="end dim">
                    <When at={one.at.toISOString()} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </div>
    ),
  };
}

function NoEvents({ at, isFiltered }: { at: string; isFiltered: boolean }) {
  return (
    <Empty title={isFiltered ? 'None of this type came for it' : 'Nothing has come for it yet'}>
      <p>
        What never reached the hub cannot have been sent on: then ask whoever publishes. Events that were kept
        back stand under Quarantine. {isFiltered ? <a href={at}>Show all types</a> : null}
      </p>
    </Empty>
  );
}
