import type { ShownGrant } from '#src/access';
import { Copyable, Crumb, DayChart, Facts, Note, When } from '#src/ui';
import { AppChip, VerifiedChip } from './app-chips.tsx';
import { type AppFacts, readApp } from './app-facts.ts';
import { counted } from './cords.ts';
import { page, type Portal } from './door.tsx';
import { appPath, appsPath, typePath, withQuery } from './paths.ts';
import { revealsOf, wordsOf } from './scope-words.ts';
import { DeliveryChip, StandingChip, standingOf } from './states.tsx';

/** One connected app: what it may, what it did, and how to take it back, whole or in part. */
export function appPage(portal: Portal): void {
  page(portal, appPath(':id'), async ({ ctx, param }) => {
    const facts = await readApp(ctx, param('id'));
    return { title: facts.grant.app_name ?? 'App', body: <App facts={facts} /> };
  });
}

function App({ facts }: { facts: AppFacts }) {
  const { grant } = facts;
  return (
    <div class="stack">
      <Crumb href={appsPath}>Connected apps</Crumb>
      <div class="row apart">
        <h1>{grant.app_name}</h1>
        <AppChip grant={grant} />
      </div>
      <p class="row">
        <span class="lead">By {grant.partner_name}</span>
        <VerifiedChip grant={grant} />
      </p>
      <StateNote grant={grant} />
      {grant.state === 'ended' ? null : (
        <p>
          <a class="button danger" href={`${appPath(grant.id)}/disconnect`} data-dialog>
            Disconnect
          </a>
        </p>
      )}
      <div class="cols">
        <div class="stack-l">
          <Scopes grant={grant} />
          <Activity facts={facts} />
          <Subscriptions subscriptions={facts.subscriptions} />
          <Deliveries facts={facts} />
        </div>
        <aside class="side" aria-label="Facts">
          <FactsOf facts={facts} />
        </aside>
      </div>
    </div>
  );
}

function StateNote({ grant: { state, partner_verified: isVerified, partner_name: partner } }: Named) {
  if (state === 'suspended')
    return (
      <Note tone="wait" title="It is suspended">
        <p>
          Its calls are refused and its deliveries wait, because something looked like theft, or support said
          so. If you know nothing of it, disconnect it.
        </p>
      </Note>
    );
  if (state === 'ended')
    return (
      <Note tone="off" title="It has no access any more">
        <p>Its tokens are refused and nothing is sent for it. It can ask you again.</p>
      </Note>
    );
  if (isVerified) return null;
  return (
    <Note tone="wait" title="This app is not verified">
      <p>Nobody has reviewed what {partner} does with data. Keep it only if you know them.</p>
    </Note>
  );
}

type Named = { grant: ShownGrant };

function Scopes({ grant }: Named) {
  const isLive = grant.state !== 'ended';
  return (
    <section class="stack" aria-labelledby="scopes">
      <h2 id="scopes">{isLive ? 'What it may' : 'What it could'}</h2>
      <table>
        <tbody>
          {grant.scopes.map((scope) => (
            <tr>
              <td>
                <b>{wordsOf(scope)}</b>
                <p class="dim">
                  <code>{scope}</code>
                </p>
                <Reveals scope={scope} />
              </td>
              {isLive ? (
                <td class="end">
                  <a href={withQuery(`${appPath(grant.id)}/narrow`, { scope })} data-dialog>
                    Take away<span class="vh"> {scope}</span>
                  </a>
                </td>
              ) : null}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Reveals({ scope }: { scope: string }) {
  const { types, fields } = revealsOf(scope);
  if (types.length === 0 && fields.length === 0) return null;
  const words = [
    types.length > 0 ? counted(types.length, 'event') : '',
    fields.length > 0 ? counted(fields.length, 'field') : '',
  ];
  return (
    <details class="fold aside">
      <summary>Reveals {words.filter(Boolean).join(' and ')}</summary>
      {types.length > 0 ? (
        <p>
          {types.map((type, i) => (
            <>
              {i > 0 ? ', ' : ''}
              <a href={typePath(type)}>{type}</a>
            </>
          ))}
        </p>
      ) : null}
      {fields.length > 0 ? (
        <p>
          <code>{fields.join(', ')}</code>
        </p>
      ) : null}
    </details>
  );
}

function Activity({ facts: { days } }: { facts: AppFacts }) {
  const dates = days.map(({ day }) => day);
  return (
    <>
      <DayChart
        id="calls"
        title={`Its calls, ${days.length} days`}
        days={dates}
        series={[
          {
            name: 'answered',
            tone: 'accent',
            values: days.map(({ reads, writes, creates }) => reads + writes + creates),
          },
          { name: 'refused by a cap', tone: 'wait', values: days.map(({ refused }) => refused) },
        ]}
      />
      <DayChart
        id="sent"
        title={`Sent to it, ${days.length} days`}
        days={dates}
        series={[
          { name: 'taken', tone: 'good', values: days.map(({ delivered }) => delivered) },
          { name: 'failed attempts', tone: 'bad', values: days.map(({ failed }) => failed) },
        ]}
      />
    </>
  );
}

function Subscriptions({ subscriptions }: Pick<AppFacts, 'subscriptions'>) {
  return (
    <section class="stack" aria-labelledby="subscriptions">
      <h2 id="subscriptions">Its subscriptions</h2>
      {subscriptions.length === 0 ? (
        <p class="dim">None: it is sent nothing, and hears only what it asks for.</p>
      ) : (
        <table>
          <thead>
            <tr>
              <th>Goes to</th>
              <th>State</th>
              <th class="end wide-only">Made</th>
            </tr>
          </thead>
          <tbody>
            {subscriptions.map((one) => (
              <tr>
                <td>
                  <b>{one.host}</b>
                  <p class="dim">{one.event_types.join(', ')}</p>
                  {one.owner === 'app' ? (
                    <p class="dim">one for all who have connected it: of it, only what is yours</p>
                  ) : null}
                </td>
                <td>
                  <StandingChip standing={standingOf(one)} />
                </td>
                <td class="end dim wide-only">
                  <When at={one.created_at} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function Deliveries({ facts: { deliveries } }: { facts: AppFacts }) {
  if (deliveries.length === 0) return null;
  return (
    <section class="stack" aria-labelledby="lately">
      <h2 id="lately">Lately sent to it</h2>
      <table>
        <tbody>
          {deliveries.map(({ type, state, created_at: at }) => (
            <tr>
              <td>{type}</td>
              <td>
                <DeliveryChip state={state} />
              </td>
              <td class="end dim">
                <When at={at} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function FactsOf({ facts: { grant, deliveries } }: { facts: AppFacts }) {
  const [newest] = deliveries;
  return (
    <Facts
      facts={[
        ['Consent', <Copyable text={grant.id} name="the consent's id" />],
        ['App', <Copyable text={grant.app ?? ''} name="the app's id" />],
        ['Since', <When at={grant.created_at} exact />],
        grant.ended_at ? ['Ended', <When at={grant.ended_at} exact />] : null,
        ['Last call', grant.last_used_at ? <When at={grant.last_used_at} /> : 'never'],
        grant.ends_unused_at ? ['Unused, it ends', <When at={grant.ends_unused_at} />] : null,
        ['Last delivery', newest ? <When at={newest.updated_at} /> : 'none'],
        ['What happened before it', grant.history ? 'it sees, too' : 'it does not see'],
        ['Data', grant.env === 'test' ? 'test data alone' : 'live data'],
      ]}
    />
  );
}
