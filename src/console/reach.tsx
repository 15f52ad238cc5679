import type { Count, Preview } from '#src/revocations';
import { counted } from '#src/ui';

/** What stops, in numbers, before anything is pressed. */
export function Reach({ preview }: { preview: Preview }) {
  const { level, tokens, made, grants, subscriptions, connections, deliveries, accounts, users, sessions } =
    preview;
  const facts: [name: string, value: Count, more: string][] = [
    ['Living tokens', tokens.total, tokenWords(preview)],
    ...(level === 'token' ? madeFacts(made) : []),
    ['Grants', grants, ''],
    ['Subscriptions', subscriptions, ''],
    ['Connections', connections, ''],
    ['Queued deliveries', deliveries.queued, ''],
    ['Held deliveries', deliveries.held, ''],
    ['Accounts', accounts, ''],
    ['People', users, ''],
    ['Browsers signed in', sessions, ''],
  ];
  const [reached, untouched] = [
    facts.filter(([, { count }]) => count > 0),
    facts.filter(([, { count }]) => count === 0),
  ];
  return (
    <section class="stack" aria-labelledby="reach">
      <h2 id="reach">What it reaches</h2>
      {reached.length === 0 ? (
        <p>Nothing that is alive hangs on it.</p>
      ) : (
        <dl class="tiles">
          {reached.map(([name, value, more]) => (
            <div>
              <dt>{name}</dt>
              <dd>{shownCount(value)}</dd>
              {more ? <dd class="more">{more}</dd> : null}
            </div>
          ))}
        </dl>
      )}
      {untouched.length > 0 ? (
        <p class="dim small">None: {untouched.map(([name]) => name.toLowerCase()).join(', ')}.</p>
      ) : null}
    </section>
  );
}

const madeFacts = ({ tokens, subscriptions }: Preview['made']): [string, Count, string][] => [
  ['Tokens that it made', tokens, 'only where it leaked or was abused'],
  ['Subscriptions that it made', subscriptions, 'only where it leaked or was abused'],
];

function tokenWords({ tokens }: Preview): string {
  return [
    tokens.access > 0 ? counted(tokens.access, 'access', 'access') : '',
    tokens.refresh > 0 ? counted(tokens.refresh, 'refresh', 'refresh') : '',
    tokens.personal > 0 ? counted(tokens.personal, 'personal', 'personal') : '',
    tokens.service > 0 ? counted(tokens.service, 'service', 'service') : '',
    tokens.client_secrets > 0 ? counted(tokens.client_secrets, 'secret') : '',
    tokens.calendar_feeds > 0 ? counted(tokens.calendar_feeds, 'calendar feed') : '',
    tokens.rfp_senders > 0 ? counted(tokens.rfp_senders, 'sender') : '',
  ]
    .filter(Boolean)
    .join(', ');
}

/** `10,000+`: counting stopped there. */
export const shownCount = ({ count, at_least: isMore }: Count): string =>
  `${count.toLocaleString('en')}${isMore ? '+' : ''}`;
