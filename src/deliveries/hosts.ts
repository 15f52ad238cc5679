import type { Ports } from '#src/context';
import type { Host } from './lane.ts';
import { rateOf } from './rate.ts';

/** Destinations by name. One that nothing is sent to is forgotten: it would begin afresh anyway. */
export type Hosts = { of(name: string): Host; prune(nowMs: number): void };

export function createHosts({ hostMaxPerSecond }: Pick<Ports['settings'], 'hostMaxPerSecond'>): Hosts {
  const hosts = new Map<string, Host>();
  const rate = rateOf(hostMaxPerSecond);
  return {
    of: (name) => {
      const known = hosts.get(name);
      if (known) return known;
      const host: Host = { name, inFlight: 0, rate, arrivalMs: 0 };
      hosts.set(name, host);
      return host;
    },
    prune: (nowMs) => {
      for (const [name, host] of hosts)
        if (host.inFlight === 0 && host.arrivalMs < nowMs - 60_000) hosts.delete(name);
    },
  };
}
