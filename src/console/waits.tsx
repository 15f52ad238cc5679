import { approvalsWaiting } from '#src/approvals';
import { quarantineWaiting } from '#src/events';
import { partnersWaiting } from '#src/inquiry';
import { intentsWaiting } from '#src/intents';
import type { Permission, Staff, StaffCtx } from '#src/staff';
import { counted, Note, When } from '#src/ui';
import { approvalsPath, intentsPath, partnersPath, quarantinePath } from './paths.ts';

/** How many wait, and since when the first of them does; null: nobody has written that down. */
type Waiting = { count: number; since: Date | null };
type Queue = {
  /** Who may decide; others are not called. */
  permission: Permission;
  href: string;
  /** Null where nothing waits. */
  read: (ctx: Pick<StaffCtx, 'store' | 'clock'>) => Promise<Waiting | null>;
  title: (count: number) => string;
  meanwhile: string;
};
export type Waits = Queue & Waiting;

/** What fills up by itself until somebody decides, beside cases. */
const queues: readonly Queue[] = [
  {
    permission: 'approvals:decide',
    href: approvalsPath,
    read: approvalsWaiting,
    title: (count) => `${counted(count, 'subscription waits', 'subscriptions wait')} for approval`,
    meanwhile: 'Nothing is sent until somebody has looked.',
  },
  {
    permission: 'intents:review',
    href: intentsPath,
    read: intentsWaiting,
    title: (count) => `${counted(count, 'intent waits', 'intents wait')} for a review`,
    meanwhile: 'The marketplace does not see it until it, or its origin, is approved.',
  },
  {
    permission: 'partners:review',
    href: `${partnersPath}?state=waiting`,
    read: partnersWaiting,
    title: (count) => `${counted(count, 'partner waits', 'partners wait')} for a review`,
    meanwhile: 'Apps are refused the scopes that take a review.',
  },
  {
    permission: 'quarantine:redrive',
    href: quarantinePath,
    read: quarantineWaiting,
    title: (count) => `${counted(count, 'event is', 'events are')} in quarantine`,
    meanwhile: 'Nobody was sent it. Nothing is lost: it is re-driven once its cause is mended.',
  },
];

/** Of what this member of staff may decide. */
export async function readWaits(
  ctx: StaffCtx,
  { permissions }: Pick<Staff, 'permissions'>,
): Promise<Waits[]> {
  const found = await Promise.all(
    queues
      .filter(({ permission }) => permissions.has(permission))
      .map(async (queue) => ({ queue, waiting: await queue.read(ctx) })),
  );
  return found.flatMap(({ queue, waiting }) => (waiting ? [{ ...queue, ...waiting }] : []));
}

export function Waiting({ waits: { count, since, href, title, meanwhile } }: { waits: Waits }) {
  return (
    <Note tone="wait" title={title(count)}>
      <p>{meanwhile}</p>
      {since ? (
        <p class="dim small">
          {count === 1 ? 'Since' : 'The first since'} <When at={since.toISOString()} />
        </p>
      ) : null}
      <p class="press">
        <a class="button" href={href}>
          Look at {count === 1 ? 'it' : 'them'}
        </a>
      </p>
    </Note>
  );
}
