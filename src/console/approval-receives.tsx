import { eventTypes, expandTypes, isScope, project, sampleEvent, scopes, visibleFields } from '#src/catalog';
import type { StaffApproval } from '#src/inquiry';
import { counted, Facts, Payload } from '#src/ui';
import { sentTo } from './approvals.tsx';

type Wish = Pick<
  StaffApproval,
  'host' | 'event_types' | 'cities' | 'is_filtered' | 'scopes' | 'schema_version'
>;

/** What it would be sent, as far as its scopes reveal it. Of the address the host alone: the rest may be a secret. */
export function Receives({ found }: { found: StaffApproval }) {
  const { host, cities, is_filtered: isFiltered, scopes: held, schema_version: version } = found;
  const types = expandTypes(found.event_types).map((type) => typeSeen(type, found));
  const [seen, unseen] = [
    types.filter(({ fields }) => fields > 0),
    types.filter(({ fields }) => fields === 0),
  ];
  return (
    <section class="stack" aria-labelledby="receives">
      <h2 id="receives">What it would receive</h2>
      <Facts
        facts={[
          ['Sent to', sentTo(host)],
          ['Events', found.event_types.join(', ')],
          ['Cities', cities.length === 0 ? 'all' : cities.join(', ')],
          isFiltered ? ['Narrowed', 'by a filter of its own, which may name people and is not shown'] : null,
          ['Version', version === null ? 'the newest' : String(version)],
          ['Reveals', <Scopes held={held} />],
        ]}
      />
      <details class="fold" {...(seen.length <= 6 ? { open: true } : {})}>
        <summary>
          {counted(seen.length, 'event type')} <span class="dim">and what it would see of each</span>
        </summary>
        <table>
          <caption class="vh">Event types that it would be sent</caption>
          <tbody>
            {seen.map(({ type, about, fields, privacy }) => (
              <tr>
                <td>
                  <b>{type}</b>
                  <p>{about}</p>
                  <p class="dim">
                    {counted(fields, 'field')}
                    {privacy.length > 0 ? `, some of them ${privacy.join(', ')}` : ''}
                  </p>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
      {unseen.length > 0 ? (
        <p class="dim small">
          Asked for, and not revealed by its scopes: {unseen.map(({ type }) => type).join(', ')}.
        </p>
      ) : null}
      {seen[0] ? <Sample type={seen[0].type} wish={found} /> : null}
    </section>
  );
}

function typeSeen(type: string, { scopes: held, schema_version: version }: Wish) {
  const known = eventTypes.get(type);
  const latest = known?.latest ?? 1;
  const fields = [...visibleFields(type, Math.min(version ?? latest, latest), new Set(held)).values()].filter(
    ({ kind }) => kind !== 'object' && kind !== 'array',
  );
  return {
    type,
    about: known?.description ?? '',
    fields: fields.length,
    privacy: [...new Set(fields.map(({ privacy }) => privacy))].filter((one) => one !== 'none'),
  };
}

function Scopes({ held }: { held: readonly string[] }) {
  const reading = held.filter((scope) => scope.endsWith(':read'));
  if (reading.length === 0) return <>nothing</>;
  return (
    <>
      {reading.map((scope) => (
        <div>
          {isScope(scope) ? scopes[scope].description : scope} <code class="dim">{scope}</code>
        </div>
      ))}
    </>
  );
}

/** Of nobody: what the catalogue makes up, through the same view as a delivery. */
function Sample({ type, wish }: { type: string; wish: Wish }) {
  const latest = eventTypes.get(type)?.latest ?? 1;
  const data = project(
    { type, version: latest, data: sampleEvent(type, latest) },
    {
      scopes: new Set(wish.scopes),
      ...(wish.schema_version === null ? {} : { version: wish.schema_version }),
    },
  );
  return (
    <details class="fold">
      <summary>
        {type} <span class="dim">sample, of nobody real</span>
      </summary>
      <Payload value={data} label={`A sample of ${type} as it would see it`} />
    </details>
  );
}
