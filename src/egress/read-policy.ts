import { allowLoopback, type EgressPolicy } from './policy.ts';

/** The policy that an operator's environment asks for, alike on every host. `ownHost`: where the hub itself is reached. */
export function readEgressPolicy(
  environment: Readonly<Record<string, string | undefined>>,
  ownHost: string,
): EgressPolicy {
  return {
    ports: list(environment['PATCHBAY_EGRESS_PORTS']).map(Number),
    ownHosts: [ownHost, ...list(environment['PATCHBAY_OWN_HOSTS'])],
    ...(environment['PATCHBAY_ALLOW_LOOPBACK'] === '1' ? { [allowLoopback]: true as const } : {}),
  };
}

const list = (text = ''): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean);
