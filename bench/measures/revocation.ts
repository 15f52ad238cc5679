import type { Host, RunningHub } from '../../tests/hosts/host.ts';
import { type Level, revokeInFlight, revokeLevelInFlight } from '../../tests/hosts/revocation.ts';

export type RevocationFigures = { p50: number; p99: number; max: number };

const DELIVERIES = 400;
const PER_SECOND = 1_000;

/**
 * From the answer of `DELETE /v1/grants/{id}` to the last delivery that the receiver got, in milliseconds, with
 * deliveries on their way; 0 where the last one came before the answer. As many times as wished, on one running host.
 */
export async function measureRevocation(host: Host, times: number): Promise<RevocationFigures> {
  const hub = await host.start();
  try {
    const found: number[] = [];
    for (let turn = 0; turn < times; turn += 1) {
      const { lastOutMs } = await revokeInFlight(hub, { deliveries: DELIVERIES, perSecond: PER_SECOND });
      found.push(Math.max(0, lastOutMs));
    }
    const sorted = found.toSorted((a, b) => a - b);
    const at = (share: number): number =>
      sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
    return { p50: at(0.5), p99: at(0.99), max: at(1) };
  } finally {
    await hub.stop();
  }
}

/** Starts a host, with a token of an officer who may revoke; stops it whatever happens. */
export async function withStaff(
  host: Host,
  use: (hub: RunningHub, staff: string) => Promise<void>,
): Promise<void> {
  const hub = await host.start();
  try {
    const user = await hub.command('staff grant', ['Sam Osei', 'security'], { new: true });
    const wish = { permissions: 'revocations:create', reason: 'a measurement of revocations' };
    await use(hub, await hub.command('staff token', [user], wish));
  } finally {
    await hub.stop();
  }
}

/** As `measureRevocation`, once, for an app that a person has linked, by staff at one level. */
export async function measureLevel(hub: RunningHub, staff: string, level: Level): Promise<number> {
  const wish = { level, staff, deliveries: DELIVERIES, perSecond: PER_SECOND };
  return Math.max(0, await revokeLevelInFlight(hub, wish));
}
