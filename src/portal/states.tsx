import { refusedWords } from '#src/approvals';
import { Chip, type Tone } from '#src/ui';

type DeliveryState = 'pending' | 'leased' | 'retrying' | 'held' | 'delivered' | 'dead' | 'cancelled';

const deliveryTones: Record<DeliveryState, [Tone, string]> = {
  pending: ['plain', 'waiting its turn'],
  leased: ['plain', 'under way'],
  retrying: ['wait', 'retrying'],
  held: ['wait', 'held'],
  delivered: ['good', 'delivered'],
  dead: ['bad', 'dead'],
  cancelled: ['off', 'cancelled'],
};

/** In the words that people read. */
export const deliveryWord = (state: DeliveryState): string => deliveryTones[state][1];

export function DeliveryChip({ state }: { state: DeliveryState }) {
  const [tone, word] = deliveryTones[state];
  return <Chip tone={tone}>{word}</Chip>;
}

export type Standing = { tone: Tone; word: string; why: string | null };
type Facts = {
  state: 'active' | 'paused' | 'disabled' | 'pending_approval';
  state_reason: string | null;
  failing_since: string | null;
};

/** How a subscription is, and what to do about it. */
export function standingOf({ state, state_reason: reason, failing_since }: Facts): Standing {
  if (state === 'paused')
    return { tone: 'wait', word: 'paused', why: 'Its events are kept until you resume it.' };
  if (state === 'pending_approval')
    return {
      tone: 'wait',
      word: 'waiting for approval',
      why: 'The marketplace looks at it first. Nothing is sent until then, nor afterwards for what happens meanwhile; you can replay that once it is approved.',
    };
  if (state === 'disabled') return { tone: 'bad', word: 'disabled', why: disabledWords(reason) };
  if (failing_since !== null)
    return {
      tone: 'bad',
      word: 'failing',
      why: 'The endpoint fails. Tries go on by themselves.',
    };
  return { tone: 'good', word: 'active', why: null };
}

function disabledWords(reason: string | null): string {
  switch (reason) {
    case 'gone':
      return 'The endpoint answered 410 Gone. Its events are kept; resume it when the endpoint is back.';
    case 'failing_too_long':
      return 'The endpoint has failed for five days. Its events are kept; resume it when the endpoint works.';
    case 'connection_broken':
      return 'Its account at the vendor has to be connected again. Its events are kept, and go out once it is.';
    case 'approval_refused':
      return refusedWords;
    case 'token_leaked':
      return 'The token that made it leaked. Its events are kept; resume it if the endpoint is yours.';
    default:
      return 'Support has stopped it and can say why. Its events are kept.';
  }
}

export function StandingChip({ standing }: { standing: Standing }) {
  return <Chip tone={standing.tone}>{standing.word}</Chip>;
}
