import { PatchbayError } from '#src/errors';

/** A place in a table, from a cursor that anybody may have made up. */
export function numberAt(place: string): number {
  const number = Number(place);
  if (place !== '' && Number.isSafeInteger(number) && number >= 0) return number;
  throw new PatchbayError('invalid_cursor', {
    public: 'The cursor is not one that this list gave. Start again without it.',
  });
}
