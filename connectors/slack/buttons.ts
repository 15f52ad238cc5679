import type { Block } from './card.ts';
import type { Body } from './plan.ts';

/** What a button is called when Slack tells us that it was pressed. */
export const actions = {
  open: 'patchbay_open',
  mute: 'patchbay_mute',
  unmute: 'patchbay_unmute',
  accept: 'patchbay_accept',
  decline: 'patchbay_decline',
} as const;

const hourMs = 3_600_000;

/**
 * The row below a message. Its id names the connection, so that a press is never counted for another account that has
 * connected the same workspace; and the revision, since Slack wants a new id with each edit.
 */
export function buttonRow(
  { open, respond }: Pick<Body, 'open' | 'respond'>,
  { connectionId, seq, link }: { connectionId: string; seq: number; link: (path: string) => string },
): Block {
  return {
    type: 'actions',
    block_id: `${connectionId}:${seq}`,
    elements: [
      ...(respond ? answers(respond) : []),
      { ...button('Open in Patchbay', actions.open), url: link(open) },
      { ...button('Mute for an hour', actions.mute), value: String(hourMs) },
    ],
  };
}

/** For the announcement of a mute: whoever reads it can end it, without the slash command too. */
export function unmuteRow(connectionId: string): Block {
  return {
    type: 'actions',
    block_id: `${connectionId}:unmute`,
    elements: [button('Unmute', actions.unmute)],
  };
}

export const connectionOf = (blockId: string): string => blockId.split(':')[0] ?? '';

function answers({ subject, who }: NonNullable<Body['respond']>): Block[] {
  const value = JSON.stringify({ subject, who });
  return [
    { ...button('Accept', actions.accept), style: 'primary', value },
    {
      ...button('Decline', actions.decline),
      style: 'danger',
      value,
      confirm: {
        title: { type: 'plain_text', text: 'Decline this booking?' },
        text: { type: 'plain_text', text: 'The marketplace tells the buyer that you cannot do it.' },
        confirm: { type: 'plain_text', text: 'Decline' },
        deny: { type: 'plain_text', text: 'Keep it' },
        style: 'danger',
      },
    },
  ];
}

const button = (label: string, action: string) => ({
  type: 'button',
  text: { type: 'plain_text', text: label },
  action_id: action,
});
