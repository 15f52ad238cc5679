import type { AboutConnector, ConnectionRow } from '#src/connections';
import type { ShownSubscription } from '#src/subscriptions';
import { Ask, Empty } from '#src/ui';
import { destinationName } from './destinations.ts';
import { backfillPath, plugPath, recipePath, subscriptionPath } from './paths.ts';
import { recipes } from './recipes.ts';
import { StandingChip, standingOf } from './states.tsx';

type Of = { row: ConnectionRow; about: AboutConnector };

/** What goes through a connection, and what can be done with each. */
export function Plugged({ row, about, via }: Of & { via: ShownSubscription[] }) {
  if (row.state === 'pending') return null;
  return (
    <section class="stack" aria-labelledby="plugged">
      <div class="row apart">
        <h2 id="plugged">What goes there</h2>
        {via.length > 0 ? (
          <a class="button" href={plugPath(row.id)}>
            Send something else there
          </a>
        ) : null}
      </div>
      {via.length === 0 ? (
        <NothingYet row={row} about={about} />
      ) : (
        <table>
          <thead>
            <tr>
              <th>Name</th>
              <th class="end">State</th>
            </tr>
          </thead>
          <tbody>
            {via.map((one) => (
              <PluggedRow row={row} about={about} one={one} />
            ))}
          </tbody>
        </table>
      )}
      {via.length > 0 && !about.consumes.includes('integration.test') ? (
        <p class="dim small">
          {about.name} has no place for a test message. <b>Check now</b> asks whether all is well there; a
          preview shows what an event becomes.
        </p>
      ) : null}
    </section>
  );
}

function PluggedRow({ row, about, one }: Of & { one: ShownSubscription }) {
  const isTestable = about.consumes.includes('integration.test') && one.state === 'active';
  const name = one.description || destinationName(about.name, row);
  const missing = missingLabels(row, about, one);
  return (
    <tr>
      <td>
        <a class="whole" href={subscriptionPath(one.id)}>
          {name}
        </a>
        <p class="dim">{one.event_types.join(', ')}</p>
        {missing.length > 0 ? (
          <p class="wrong">Nothing arrives until you choose: {missing.join(', ')}.</p>
        ) : null}
        <div class="row">
          <a href={plugPath(row.id, one.id)}>
            Change<span class="vh"> {name}</span>
          </a>
          {one.state === 'pending_approval' ? null : (
            <a href={backfillPath(one.id)}>
              Bring in the past<span class="vh"> ({name})</span>
            </a>
          )}
          {isTestable ? (
            <Ask action={`${subscriptionPath(one.id)}/test`}>
              <button class="plain">
                Test<span class="vh"> {name}</span>
              </button>
            </Ask>
          ) : null}
        </div>
      </td>
      <td class="end">
        <StandingChip standing={standingOf(one)} />
      </td>
    </tr>
  );
}

/** Fields that the tier of now does not go without: the connection may have had another when it was made. */
function missingLabels(
  { tier }: ConnectionRow,
  about: AboutConnector,
  { endpoint }: ShownSubscription,
): string[] {
  const needs = about.tiers.find(({ id }) => id === tier)?.needs ?? [];
  return about.form
    .filter(({ name }) => needs.includes(name) && endpoint.type === 'connection' && !endpoint.options[name])
    .map(({ label }) => label.toLowerCase());
}

function NothingYet({ row, about }: Of) {
  const fitting = recipes.filter(({ steps }) =>
    steps.some((step) => step.connectors.includes(row.connector)),
  );
  return (
    <Empty title="Nothing goes there yet">
      <p>Choose events, see on your own past ones what would appear in {about.name}, and switch it on.</p>
      <p class="row">
        <a class="button primary" href={plugPath(row.id)}>
          Choose what goes there
        </a>
        {fitting.map(({ id, title }) => (
          <a href={recipePath(id)}>Recipe: {title}</a>
        ))}
      </p>
    </Empty>
  );
}
