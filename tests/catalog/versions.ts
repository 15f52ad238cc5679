import { eventTypes, versionsOf } from '#src/catalog';

/** Every type in every version, as rows for `test.each`. */
export const everyVersion: readonly (readonly [type: string, version: number])[] = [
  ...eventTypes.values(),
].flatMap((known) => versionsOf(known).map((version) => [known.type, version] as const));

/** Every step down that there is. */
export const everyStepDown = [...eventTypes.values()].flatMap((known) =>
  Object.keys(known.down ?? {}).map((from) => [known.type, Number(from)] as const),
);
