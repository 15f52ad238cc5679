import { PatchbayError } from '#src/errors';

/** A place in a table, from a cursor that anybody may have made up: it must not reach the database as it is. */
export function numberAt(place: string): number {
  const number = Number(place);
  if (place !== '' && Number.isSafeInteger(number) && number >= 0) return number;
  throw madeUp();
}

/** The same of an id or a day. */
export function textAt(place: string): string {
  if (/^[a-z0-9_-]{1,40}$/.test(place)) return place;
  throw madeUp();
}

const madeUp = (): PatchbayError =>
  new PatchbayError('invalid_cursor', {
    public: 'The cursor is not one that this list gave. Start again without it.',
  });
