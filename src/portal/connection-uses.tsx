import type { AboutConnector, ConnectionRow, listCalls, listObjects } from '#src/connections';
import { Chip, Pages, type Tone, When } from '#src/ui';
import { counted } from './cords.ts';
import { connectionPath, deliveryPath, eventPath, withQuery } from './paths.ts';

type Objects = Awaited<ReturnType<typeof listObjects>>;
type Shown = Objects['data'][number];
type MadeProps = { row: ConnectionRow; about: AboutConnector; made: number; objects: Objects };

/** What stands at the vendor, made by us; links lead there. */
export function Made({ row, about, made, objects }: MadeProps) {
  if (objects.data.length === 0) return null;
  return (
    <section class="stack" aria-labelledby="made">
      <div class="row apart">
        <h2 id="made">What was made there</h2>
        {made > 0 ? (
          <a class="button danger" href={`${connectionPath(row.id)}/recall`} data-dialog>
            Take it back
          </a>
        ) : null}
      </div>
      <table>
        <thead>
          <tr>
            <th>What it is about</th>
            <th>State</th>
            <th class="end wide-only">Last changed</th>
          </tr>
        </thead>
        <tbody>
          {objects.data.map((one) => (
            <tr>
              <td>
                {one.state === 'gone' ? (
                  <b>what stood there</b>
                ) : one.url === null ? (
                  <b>{one.kind}</b>
                ) : (
                  <a href={one.url} rel="noreferrer" target="_blank">
                    {one.kind} in {about.name}
                    <span class="vh">, in a new tab</span>
                  </a>
                )}
                <p class="dim">
                  {one.key.startsWith('test:') && about.test !== null ? about.test : <code>{one.key}</code>}
                </p>
                {one.hash === null ? null : (
                  <p class="dim">
                    their checksum <code>{one.hash}</code>
                  </p>
                )}
              </td>
              <td>
                <ObjectChip state={one.state} />
              </td>
              <td class="end dim wide-only">
                <a href={eventPath(one.event_id)}>
                  <When at={one.updated_at} />
                </a>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <Pages
        first={null}
        next={
          objects.next_cursor === null
            ? null
            : withQuery(connectionPath(row.id), { after: objects.next_cursor })
        }
      />
    </section>
  );
}

const chips: Record<Shown['state'], [Tone, string]> = {
  making: ['wait', 'being made'],
  unknown: ['wait', 'being looked for'],
  made: ['good', 'there'],
  gone: ['off', 'taken away'],
};

function ObjectChip({ state }: Pick<Shown, 'state'>) {
  const [tone, word] = chips[state];
  return <Chip tone={tone}>{word}</Chip>;
}

type CallsProps = { calls: Awaited<ReturnType<typeof listCalls>>; vendor: string };

const purposes: Record<string, string> = {
  deliver: 'to bring an event',
  test: 'to bring a test',
  whose: 'to see whose account it is',
  set_up: 'to make what it needs',
  health: 'to see whether all is well',
  choices: 'for a list to choose from',
  recall: 'to take something back',
  reconcile: 'to see whether something arrived',
  sync: 'to see what changed there',
  tear_down: 'to stop what was set up',
};

export function Calls({ calls, vendor }: CallsProps) {
  if (calls.data.length === 0) return null;
  return (
    <section class="stack" aria-labelledby="calls">
      <h2 id="calls">The last calls to {vendor}</h2>
      <details class="fold">
        <summary>
          {counted(calls.data.length, 'call')} <span class="dim">newest first</span>
        </summary>
        <table>
          <thead>
            <tr>
              <th>Call</th>
              <th>Answer</th>
              <th class="end wide-only">Took</th>
            </tr>
          </thead>
          <tbody>
            {calls.data.map((call) => (
              <tr>
                <td>
                  <code>
                    {call.method} {call.address}
                  </code>
                  <p class="dim">
                    {purposes[call.purpose] ?? call.purpose}, <When at={call.at} />
                    {call.delivery_id === null ? null : (
                      <>
                        {' '}
                        (<a href={deliveryPath(call.delivery_id)}>the delivery</a>)
                      </>
                    )}
                  </p>
                </td>
                <td>
                  {call.status === null ? <span class="dim">{call.outcome}</span> : String(call.status)}
                </td>
                <td class="end dim wide-only">{call.duration_ms.toLocaleString('en')} ms</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </section>
  );
}
