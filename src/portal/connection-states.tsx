import type { ConnectionRow } from '#src/connections';
import type { ShownSubscription } from '#src/subscriptions';
import { Chip, type Tone, When } from '#src/ui';
import type { Child } from 'hono/jsx';

export type ConnectionStanding = {
  tone: Tone;
  word: string;
  /** What it means, and what to do. */
  why: Child;
  next: 'mend' | 'check' | 'unmute' | null;
};

/** How a connection is. `subscriptions` are those that go through it: muted is what they are. */
export function connectionStanding(
  row: ConnectionRow,
  vendor: string,
  subscriptions: readonly ShownSubscription[],
): ConnectionStanding {
  switch (row.state) {
    case 'needs_reauth':
      return {
        tone: 'bad',
        word: 'needs you',
        why: `${vendor} no longer takes the access that it gave us${because(row.stateReason)}. Nothing is lost: events wait here until you have connected it again.`,
        next: 'mend',
      };
    case 'revoked':
      return { tone: 'off', word: 'disconnected', why: null, next: null };
    case 'pending':
      return {
        tone: 'wait',
        word: 'not connected yet',
        why: `Nobody has come back from ${vendor} yet.`,
        next: 'mend',
      };
    default:
  }
  if (isMuted(row, subscriptions))
    return {
      tone: 'wait',
      word: 'muted',
      why: row.mutedUntil ? (
        <>
          It goes on by itself <When at={row.mutedUntil.toISOString()} />. Until then events are kept here.
        </>
      ) : (
        'Events are kept here until you let it go on.'
      ),
      next: 'unmute',
    };
  if (row.state === 'degraded')
    return {
      tone: 'wait',
      word: 'not all well',
      why: degradedWords(row.stateReason, vendor),
      next: row.stateReason === 'missing_scope' ? 'mend' : 'check',
    };
  return { tone: 'good', word: 'active', why: null, next: null };
}

export const isMuted = (
  { mutedUntil }: ConnectionRow,
  subscriptions: readonly Pick<ShownSubscription, 'state' | 'state_reason'>[],
): boolean =>
  mutedUntil !== null ||
  subscriptions.some(({ state, state_reason: reason }) => state === 'paused' && reason === 'muted');

const because = (reason: string | null): string => (reason === null ? '' : ` (${reason})`);

function degradedWords(reason: string | null, vendor: string): string {
  if (reason === 'missing_scope')
    return `${vendor} did not give all that was asked for, so some of it will not work. Connect it again and leave everything ticked.`;
  return `${vendor} was asked and did not answer as it should${because(reason)}. It is asked again every few hours, and events are tried again meanwhile.`;
}

export const ConnectionChip = ({ standing }: { standing: ConnectionStanding }) => (
  <Chip tone={standing.tone}>{standing.word}</Chip>
);
