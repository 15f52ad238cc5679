import { publisherEventId } from '#src/columns';
import { PatchbayError } from '#src/errors';
import { eventOfDelivery, oneEvent, type TracedEvent } from '#src/inquiry';
import { Chip, Copyable, Crumb, Empty, Facts, type Fact, Note, TextField, When } from '#src/ui';
import { type Answered, type Console, page, type Visit } from './door.tsx';
import { eventVerdict, lineWords, verdictChip } from './event-words.ts';
import { accountEventsPath, deliveryPath, eventPath, searchPath, subjectPath } from './paths.ts';
import { keptPath } from './quarantine-filter.ts';

/** Where an event went, and why it did not arrive: by its id, by a delivery's. */
export function eventPages(desk: Console): void {
  page(desk, { path: eventPath(':id'), permission: 'timeline:read' }, show);
  page(desk, { path: deliveryPath(':id'), permission: 'timeline:read' }, async ({ ctx, param }) => {
    const { event, account } = await eventOfDelivery(ctx, param('id'));
    return { to: eventPath(event, account) };
  });
}

function accountIn(text: string): string | null {
  if (text === '') return null;
  if (/^acc_[a-z0-9_-]{1,100}$/.test(text)) return text;
  throw new PatchbayError('invalid_parameter', { public: 'An account’s id starts with acc_.' });
}

async function show({ ctx, param, query }: Visit): Promise<Answered> {
  const id = param('id');
  if (!publisherEventId.test(id)) throw new PatchbayError('not_found', { public: 'There is no such event.' });
  const account = accountIn(query.get('account')?.trim() ?? '');
  const event = await oneEvent(ctx, id, account);
  if (event.state === 'quarantined') return { to: keptPath(id, event.env) };
  return {
    title: `Event ${event.type}`,
    body: (
      <div class="stack-l">
        <header class="stack">
          <Crumb href={account === null ? searchPath : accountEventsPath(account)}>
            {account === null ? 'Find' : `Events for ${event.accounts[0]?.name ?? account}`}
          </Crumb>
          <h1>
            <span class="dim">event</span> {event.type}
          </h1>
          <p class="verdict">{eventVerdict(event)}</p>
        </header>
        <section class="stack" aria-labelledby="where">
          <h2 id="where">Where it went, and where not</h2>
          <Narrow event={event} account={account} />
          <Lines event={event} />
        </section>
        <section class="stack form" aria-labelledby="facts">
          <h2 id="facts">What it is</h2>
          <Facts facts={factsOf(event)} />
          <p class="dim small">What is in it is shown to nobody here.</p>
        </section>
      </div>
    ),
  };
}

function Narrow({
  event: { id, audience, accounts },
  account,
}: {
  event: TracedEvent;
  account: string | null;
}) {
  return (
    <>
      {account === null && audience > accounts.length ? (
        <Note tone="plain">
          <p>
            It is for {audience.toLocaleString('en')} accounts, of which the first {accounts.length} are
            shown. Name the one that asks.
          </p>
        </Note>
      ) : null}
      <form class="filters" method="get" action={eventPath(id)} aria-label="Filter">
        <TextField
          name="account"
          label="For the account"
          value={account ?? ''}
          placeholder="acc_…"
          wrong={new Map()}
          isOptional
          isSearch
          mono
        />
        <button>Show</button>
      </form>
    </>
  );
}

function Lines({ event: { lines, is_for: isFor, id } }: { event: TracedEvent }) {
  if (lines.length === 0)
    return (
      <Empty title="No subscription to look at">
        <p>
          {isFor
            ? 'The account has none, and no app that it has connected has one: whoever misses the event has to subscribe first.'
            : 'Ask whoever publishes why it is not in the audience. '}
        </p>
        <p>
          <a href={eventPath(id)}>Show everybody’s</a>
        </p>
      </Empty>
    );
  return (
    <table>
      <caption class="vh">Each subscription, and what became of the event there</caption>
      <thead>
        <tr class="indent">
          <th>To</th>
          <th>State</th>
          <th>Why</th>
          <th class="end wide-only">Since</th>
        </tr>
      </thead>
      <tbody>
        {lines.map((line) => (
          <tr data-row>
            <td>
              <a
                class="whole"
                href={line.app ? subjectPath('app', line.app) : subjectPath('grant', line.grant)}
              >
                {line.app_name ?? 'The account’s own'}
              </a>
              <p class="dim">
                {line.host}, for {line.account_name}
              </p>
              <p class="dim wide-only">
                <code>{line.subscription}</code>
              </p>
            </td>
            <td>
              <Chip tone={verdictChip(line)[0]}>{verdictChip(line)[1]}</Chip>
            </td>
            <td>
              {lineWords(line)}
              {line.delivery && line.delivery.attempts > 0 ? (
                <p class="dim">
                  {line.delivery.attempts === 1 ? '1 attempt' : `${line.delivery.attempts} attempts`}
                </p>
              ) : null}
            </td>
            <td class="end dim wide-only">
              {line.delivery ? <When at={line.delivery.updatedAt.toISOString()} /> : null}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const factsOf = (event: TracedEvent): Fact[] => [
  ['Event', <Copyable text={event.id} name="the event’s id" />],
  ['About', <code>{event.subject}</code>],
  ['Sequence', event.sequence.toLocaleString('en')],
  ['City', event.city ?? 'none'],
  ['Data', event.env],
  ['For', event.audience === 1 ? '1 account' : `${event.audience.toLocaleString('en')} accounts`],
  ['Happened', <When at={event.occurred_at} exact />],
];
