import type { Ports } from '#src/context';
import type { EpochSnapshot } from '#src/store';
import { appFacts, grantFacts, partnerFacts, tokenFacts } from './facts-of-access.ts';
import { accountFacts, userFacts } from './facts-of-people.ts';
import type { Subject } from './levels.ts';
import type { Mask } from './mask.ts';
import type { Ended } from './record.ts';
import type { ShownRecord } from './shown.ts';

export type Facts = {
  title: string;
  accountId: string | null;
  /** What it carries; empty for what is a level of its own and no more. */
  epochs: EpochSnapshot;
  /** It ended, and not by an epoch. */
  ended: Ended | null;
  createdAt: Date;
  more: Record<string, unknown>;
  below: ShownRecord['below'];
};

/** Null where there is none. */
export function factsOf(
  ports: Pick<Ports, 'store' | 'clock'>,
  { level, id }: Subject,
  mask: Mask,
): Promise<Facts | null> {
  switch (level) {
    case 'token':
      return tokenFacts(ports, id);
    case 'grant':
      return grantFacts(ports, id, mask);
    case 'app':
      return appFacts(ports, id);
    case 'partner':
      return partnerFacts(ports, id);
    case 'user':
      return userFacts(ports, id, mask);
    case 'account':
      return accountFacts(ports, id, mask);
    default:
      return level satisfies never;
  }
}
