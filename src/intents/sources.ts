import type { IntentKind } from '#src/store';

export const sourceId = (source: string, kind: IntentKind): string => `${source} ${kind}`;
