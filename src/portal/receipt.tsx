import { findRevocation, type ShownRevocation } from '#src/access';
import type { Ctx } from '#src/context';
import { readSender } from '#src/intents';
import { Chip, Copyable, Crumb, type Fact, Facts, When } from '#src/ui';
import { page, type Portal } from './door.tsx';
import { liveAttributes, type LiveAttributes, liveRoute } from './live.ts';
import { appPath, appsPath, livePath, receiptPath, sendersPath, tokensPath } from './paths.ts';
import { reasonWords } from './revoking.ts';

/** What a revocation has stopped; it fills while one looks. */
export function receiptPage(portal: Portal): void {
  page(portal, receiptPath(':id'), async ({ ctx, param }) => {
    const receipt = await findRevocation(ctx, param('id'));
    const live = liveAttributes(portal, 'receipt', stampOf(receipt), receiptPath(receipt.id));
    return {
      title: 'Receipt',
      body: <Receipt receipt={receipt} of={await kindOf(ctx, receipt)} live={live} />,
    };
  });
  liveRoute(portal, livePath(receiptPath(':id')), async ({ ctx, param }) =>
    stampOf(await findRevocation(ctx, param('id'))),
  );
}

/** What has ended, in the words of the pages that it was ended on. */
const kinds = {
  app: { href: appsPath, name: 'Connected apps', title: 'Disconnected' },
  sender: { href: sendersPath, name: 'RFP senders', title: 'Ended' },
  token: { href: tokensPath, name: 'Tokens', title: 'Revoked' },
} as const;
type Kind = keyof typeof kinds;

async function kindOf(ctx: Ctx, { level, subject }: ShownRevocation): Promise<Kind> {
  if (level === 'grant') return 'app';
  return level === 'token' && (await readSender(ctx, subject)) ? 'sender' : 'token';
}

const stampOf = ({ completed_at: at, cancelled, last_sent_at: sent }: ShownRevocation): string =>
  [at, cancelled, sent].join();

type Props = { receipt: ShownRevocation; of: Kind; live: LiveAttributes };

function Receipt({ receipt, of, live }: Props) {
  const isDone = receipt.completed_at !== null;
  const { href, name, title } = kinds[of];
  return (
    <div class="stack form" {...live}>
      <Crumb href={href}>{name}</Crumb>
      <div class="row apart">
        <h1>{title}</h1>
        <Chip tone={isDone ? 'good' : 'wait'}>{isDone ? 'complete' : 'under way'}</Chip>
      </div>
      <p>
        It is refused since <When at={receipt.created_at} exact />.{' '}
        {isDone
          ? 'Nothing that hung on it leaves any more.'
          : 'What is queued is being cancelled; nothing of it leaves meanwhile.'}
      </p>
      <Facts facts={factsOf(receipt)} />
    </div>
  );
}

function factsOf(receipt: ShownRevocation): (Fact | null)[] {
  const { stopped, effect_ms: effectMs, last_sent_at: lastSent, completed_at: completed } = receipt;
  return [
    ['Receipt', <Copyable text={receipt.id} name="the receipt's id" />],
    [
      'Of',
      receipt.level === 'grant' ? (
        <a href={appPath(receipt.subject)}>{receipt.subject}</a>
      ) : (
        <code>{receipt.subject}</code>
      ),
    ],
    ['Reason', reasonWords(receipt.reason)],
    effectMs === null ? null : ['Took effect after', `${effectMs.toLocaleString('en')} ms`],
    counted('Tokens ended', stopped.tokens),
    counted('Subscriptions stopped', stopped.subscriptions),
    ['Deliveries cancelled', receipt.cancelled.toLocaleString('en')],
    ['Last delivery left', lastSent ? <When at={lastSent} exact /> : 'none'],
    ['Complete', completed ? <When at={completed} exact /> : 'not yet'],
  ];
}

/** Null: it was not counted. */
const counted = (name: string, n: number | null): Fact | null =>
  n === null ? null : [name, n.toLocaleString('en')];
