import type { Brought } from '#src/events';
import { counted } from '#src/ui';
import type { Asked } from './quarantine-filter.ts';

type Reason = { code: string; pointer: string; detail: string };

/** Why it was kept back, in a few words: for a list. */
export function keptWords({ code, pointer, detail }: Reason): string {
  switch (code) {
    case 'unknown_type':
      return 'Its type is not in the catalogue';
    case 'unknown_version':
      return 'Its type has no such version';
    default:
      return pointer === '' ? detail : `${pointer} ${plainly(detail)}`;
  }
}

/** What a schema says of a field, as people say it. */
function plainly(detail: string): string {
  const [, wanted, found] = /^Invalid input: expected (.+), received (\w+)$/.exec(detail) ?? [];
  if (wanted === undefined) return unknownField(detail) ?? `is wrong: ${detail}`;
  return found === 'undefined' ? 'is missing' : `is ${aOf(found ?? '')}, and has to be ${aOf(wanted)}`;
}

const unknownField = (detail: string): string | null =>
  detail === 'The schema has no such field.' ? 'is a field that the type does not have' : null;

const aOf = (kind: string): string =>
  /^(?:null|NaN)$/.test(kind) ? kind : /^[aeio]/.test(kind) ? `an ${kind}` : `a ${kind}`;

/** The same of many at once: which field, and what about it. */
export function kindWords({ code, pointer }: Omit<Reason, 'detail'>): string {
  switch (code) {
    case 'unknown_type':
      return 'Its type is not in the catalogue';
    case 'unknown_version':
      return 'Its type has no such version';
    case 'policy':
      return pointer === '' ? 'A policy keeps it back' : `A policy keeps it back, by ${pointer}`;
    default:
      return pointer === '' ? 'The data are not what the type promises' : `${pointer} is not as promised`;
  }
}

/** How such a reason is written into a filter. */
export const reasonKey = ({ code, pointer }: Omit<Reason, 'detail'>): string =>
  pointer === '' ? code : `${code}:${pointer}`;

/** What mends it, by the code of a reason. */
export function mendWords(code: string): string {
  switch (code) {
    case 'unknown_type':
      return 'Either the publisher has misspelt the type, or this hub is older than the publisher. Upgrade the hub, then re-drive; a misspelt one has to be published again under its right name.';
    case 'unknown_version':
      return 'The publisher sends a newer version than this hub knows. Upgrade the hub, then re-drive; or the publisher re-drives it with the version that its data have.';
    case 'policy':
      return 'What it points at must not leave the marketplace. The publisher takes that out and re-drives it with mended data; as it is it never goes out.';
    default:
      return 'The publisher mends the field and re-drives the event with mended data. Where the catalogue was wrong, upgrade the hub, then re-drive it as it is.';
  }
}

/** `2 delivered, 1 held`. */
export function broughtWords({ deliveries, matching }: Brought): string {
  const made = deliveries.map(({ state, count }) => `${count.toLocaleString('en')} ${stateWords[state]}`);
  const open = matching > 0 ? [`${counted(matching, 'event')} being matched`] : [];
  const all = [...made, ...open];
  return all.length === 0 ? 'nobody listens for it' : all.join(', ');
}

const stateWords: Record<Brought['deliveries'][number]['state'], string> = {
  pending: 'about to go',
  leased: 'on its way',
  retrying: 'to be tried again',
  delivered: 'delivered',
  held: 'held',
  dead: 'given up',
  cancelled: 'cancelled',
};

/** What a filter says, as a part of a sentence. */
export function filterWords({ env, type, reason, publisher }: Asked): string {
  const parts = [
    env === 'test' ? 'with test data' : null,
    type === null ? null : `of the type ${type}`,
    reason === null ? null : `for ${reason}`,
    publisher === null ? null : `published by ${publisher}`,
  ].filter((part) => part !== null);
  return parts.length === 0 ? 'all that were kept back' : parts.join(', ');
}
