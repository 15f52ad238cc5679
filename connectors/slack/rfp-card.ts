import type { HubEvent } from '#kit';
import { eventPath } from './booking-card.ts';
import type { Card } from './card.ts';
import { number, text, list } from './read.ts';
import { dollars, plain, quoted, said, shown, words } from './text.ts';
import { when } from './when.ts';

/** A withdrawn RFP says no more than that: whoever took it back wants every copy gone. */
export function rfpCard({ id, type, data }: HubEvent): Card | null {
  const headline = headlines[type];
  if (!headline) return null;
  const zone = text(data, 'time_zone');
  const time = (path: string, to?: string) => when(text(data, path), to && text(data, to), zone);
  const brief = text(data, 'brief');
  const isGone = type === 'rfp.withdrawn';
  const isNew = type === 'rfp.created' || type === 'rfp.broadcast';
  return {
    headline,
    title: shown(text(data, 'title')),
    fields: isGone
      ? [['Why', said(text(data, 'withdraw_reason'))]]
      : [
          ['Wanted', roles(data)],
          ['City', said(text(data, 'city'))],
          ['Shoot', time('shoot_starts_at', 'shoot_ends_at')],
          ['Budget', budget(data)],
          ['Quotes due', isNew || type === 'rfp.quoted' ? time('respond_by') : undefined],
          ['Sent to', type === 'rfp.broadcast' ? counted(data, 'recipient_count', 'provider') : undefined],
          ['Quotes', isNew ? undefined : String(number(data, 'quote_count') ?? '') || undefined],
          ['This quote', price(data, 'quote.price')],
          ['From', said(text(data, 'quote.role'))],
          ['Stands until', time('quote.valid_until')],
          ['Agreed price', price(data, 'awarded_to.price')],
          ['How it ended', said(text(data, 'outcome'))],
        ],
    body: isNew && brief ? quoted(brief) : undefined,
    footer: [shown(text(data, 'rfp_id'))],
    path: eventPath(id),
  };
}

const headlines: Readonly<Record<string, string>> = {
  'rfp.created': ':mega: New RFP',
  'rfp.broadcast': ':mega: RFP sent out',
  'rfp.quoted': ':receipt: Quote received',
  'rfp.awarded': ':trophy: RFP awarded',
  'rfp.withdrawn': ':leftwards_arrow_with_hook: RFP withdrawn',
  'rfp.closed': ':lock: RFP closed',
};

function roles(data: HubEvent['data']): string | undefined {
  const names = list(data, 'roles').filter((role) => typeof role === 'string');
  return names.length > 0 ? plain(names.map(words).join(', ')) : undefined;
}

function price(data: HubEvent['data'], path: string): string | undefined {
  const cents = number(data, `${path}.amount_cents`);
  return cents === undefined ? undefined : dollars(cents);
}

/** Version 1 has one figure. */
function budget(data: HubEvent['data']): string | undefined {
  const [least, most] = [price(data, 'budget_min'), price(data, 'budget_max') ?? price(data, 'budget')];
  if (least && most) return `${least} to ${most}`;
  return most ? `up to ${most}` : least && `from ${least}`;
}

function counted(data: HubEvent['data'], path: string, noun: string): string | undefined {
  const count = number(data, path);
  return count === undefined ? undefined : `${count} ${noun}${count === 1 ? '' : 's'}`;
}
