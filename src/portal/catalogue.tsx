import { describeType, type Field, fieldsOfType, type TypeDescription } from '#src/catalog';
import { Chip, Copyable, Crumb, Payload } from '#src/ui';
import { page, type Portal } from './door.tsx';
import { families } from './families.ts';
import { newSubscriptionPath, typePath, typesPath, withQuery } from './paths.ts';

/** What events there are, what each means, and what it looks like. */
export function cataloguePages(portal: Portal): void {
  page(portal, typesPath, async () => ({ title: 'Events', body: <Catalogue /> }));
  page(portal, `${typesPath}/:type`, async ({ param, query }) => {
    const type = describeType(param('type'));
    const asked = Number(query.get('version'));
    const version = type.versions.some((one) => one.version === asked) ? asked : type.latest_version;
    return { title: type.type, body: <Type type={type} version={version} /> };
  });
}

function Catalogue() {
  return (
    <div class="stack-l">
      <header class="stack">
        <h1>Events</h1>
        <p class="lead">
          What the marketplace tells of. You get the fields that your scopes reveal, and no event that is not
          for your account.
        </p>
      </header>
      {families().map(({ name, title, types }) => (
        <section class="stack" aria-labelledby={`family-${name}`}>
          <h2 id={`family-${name}`}>{title}</h2>
          <table>
            <tbody>
              {types.map(({ type, description, defaultOn }) => (
                <tr data-row>
                  <td>
                    <a class="whole" href={typePath(type)}>
                      {type}
                    </a>
                    <p>{description}</p>
                    {defaultOn ? null : <Chip tone="off">off by default: ask for it by its name</Chip>}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      ))}
    </div>
  );
}

function Type({ type, version }: { type: TypeDescription; version: number }) {
  const chosen = type.versions.find((one) => one.version === version);
  return (
    <div class="stack">
      <Crumb href={typesPath}>Events</Crumb>
      <div class="row apart">
        <h1>{type.type}</h1>
        {type.system ? null : (
          <a class="button primary" href={withQuery(newSubscriptionPath, { type: type.type })}>
            Subscribe
          </a>
        )}
      </div>
      <p class="lead">{type.description}</p>
      <p class="row small">
        <span>
          Needs <code>{type.scope}</code>
        </span>
        {type.versions.length > 1 ? (
          <Versions type={type} version={version} />
        ) : (
          <span>version {version}</span>
        )}
        {type.critical ? <Chip tone="wait">critical: keeps its way when much else goes on</Chip> : null}
      </p>
      <section class="stack" aria-labelledby="fields">
        <h2 id="fields">Fields</h2>
        <Fields fields={fieldsOfType(type.type, version)} />
      </section>
      {chosen ? (
        <>
          <section class="stack" aria-labelledby="sample">
            <h2 id="sample">Sample of data</h2>
            <Payload value={chosen.sample} label="A sample" />
          </section>
          <details class="fold">
            <summary>
              JSON Schema <span class="dim">2020-12, for programs</span>
            </summary>
            <p class="small">
              Also at <Copyable text={`/v1/event-types/${type.type}/${version}`} name="the address" />
            </p>
            <Payload value={chosen.schema} label="The schema" />
          </details>
        </>
      ) : null}
    </div>
  );
}

function Versions({ type, version }: { type: TypeDescription; version: number }) {
  return (
    <span>
      version{' '}
      {type.versions.map((one, i) => (
        <>
          {i > 0 ? ', ' : ''}
          {one.version === version ? (
            <b aria-current="true">{one.version}</b>
          ) : (
            <a href={withQuery(typePath(type.type), { version: String(one.version) })}>{one.version}</a>
          )}
        </>
      ))}
    </span>
  );
}

const privacyWords: Record<Field['privacy'], string> = {
  none: '',
  personal: 'personal',
  sensitive: 'sensitive',
  money: 'money',
};

function Fields({ fields }: { fields: ReadonlyMap<string, Field> }) {
  return (
    <table>
      <thead>
        <tr>
          <th>Field</th>
          <th>Kind</th>
          <th class="wide-only">Revealed by</th>
        </tr>
      </thead>
      <tbody>
        {[...fields].map(([path, { kind, scope, privacy }]) => (
          <tr>
            <td>
              <FieldPath path={path} />
            </td>
            <td>
              {kind}
              {privacyWords[privacy] ? <span class="dim"> · {privacyWords[privacy]}</span> : null}
            </td>
            <td class="wide-only">
              <code>{scope}</code>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** May be broken after its dots and low lines alone: a phone is narrower than many a path. */
const FieldPath = ({ path }: { path: string }) => (
  <code>
    {path.split(/(?<=[._])/).map((part) => (
      <>
        {part}
        <wbr />
      </>
    ))}
  </code>
);
