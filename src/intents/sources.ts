import type { IntentKind } from '#src/store';

/** What staff approve, by its name. */
export const sourcePattern = /^(?:app:app_|account:acc_|connector:)[a-z0-9_-]{1,100}$/;

export const sourceId = (source: string, kind: IntentKind): string => `${source} ${kind}`;
