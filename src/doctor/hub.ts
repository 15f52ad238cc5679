import type { Ports } from '#src/context';
import { isLoopbackOpen } from '#src/operate';
import { bad, type Finding, good, warn } from './finding.ts';

export type Call = (url: string) => Promise<{ status: number; body: string; date: string | null }>;
type Needs = Pick<Ports, 'store' | 'clock' | 'settings'>;

/** Does it answer, is its clock ours, and may strangers do with it what they should not? */
export async function hubFindings(ports: Needs, url: string, call: Call): Promise<Finding[]> {
  const answer = await call(`${url}/readyz`).catch(() => null);
  const about = [publicUrl(ports), await loopback(ports)];
  if (!answer) {
    return [
      warn('hub', {
        found: `nothing answers at ${url}`,
        why: 'Nothing is accepted there.',
        remedy: 'Start it (npm start), or say where it is with --url or PATCHBAY_URL.',
      }),
      ...about,
    ];
  }
  return [...ready(url, answer), ...clockOf(ports, answer.date), ...about];
}

function ready(url: string, { status, body }: { status: number; body: string }): Finding[] {
  if (status === 200 && body.includes('"ready"')) return [good('hub', `answers at ${url} and is ready`)];
  return [
    bad('hub', {
      found: `${url}/readyz answers ${status}`,
      why: status === 503 ? 'It takes no writes now: its store fails, or it is stopping.' : 'That is no hub.',
      remedy:
        status === 503
          ? 'Its log says why (readiness.failed).'
          : 'Is the address right, and the proxy before it?',
    }),
  ];
}

/** The header counts in seconds, so two of them is the least that can be told. */
function clockOf({ clock }: Needs, date: string | null): Finding[] {
  const aheadMs = date === null ? 0 : Date.parse(date) - clock.ms();
  if (Math.abs(aheadMs) <= 3_000) return [];
  return [
    bad('clock', {
      found: `that of the hub is ${Math.round(aheadMs / 1_000)} s from ours`,
      why: 'Leases, expiries and signatures go by it.',
      remedy: 'Run NTP on both machines.',
    }),
  ];
}

/** As the processes say it that run, whatever this shell's environment is. */
async function loopback(ports: Needs): Promise<Finding> {
  if (!(await isLoopbackOpen(ports))) return good('loopback', 'endpoints on this machine are refused');
  const trouble = {
    found: 'a process that runs, or ran a minute ago, delivers to endpoints on its own machine',
    why: 'Whoever may subscribe can aim the hub at what listens there: databases, sidecars, admin ports.',
    remedy: 'For development alone: restart it without PATCHBAY_ALLOW_LOOPBACK.',
  };
  return isLocal(ports) ? warn('loopback', trouble) : bad('loopback', trouble);
}

const isLocal = ({ settings }: Needs): boolean =>
  /^(?:127\.|localhost$|\[::1\]$)/.test(URL.parse(settings.publicUrl)?.hostname ?? '');

function publicUrl(ports: Needs): Finding {
  const { settings } = ports;
  const url = URL.parse(settings.publicUrl);
  const trouble = (found: string, remedy: string) =>
    warn('public address', {
      found,
      why: 'Links and the reference name it, and the guard keeps deliveries from being aimed at it.',
      remedy,
    });
  if (!url)
    return trouble(
      `${settings.publicUrl} is no URL`,
      'Set PATCHBAY_PUBLIC_URL, such as https://hub.example.com.',
    );
  if (isLocal(ports))
    return trouble(
      `${settings.publicUrl} leads to this machine alone`,
      'Fine on a laptop. Else set PATCHBAY_PUBLIC_URL to what its callers use.',
    );
  if (url.protocol !== 'https:')
    return trouble(
      `${settings.publicUrl} is not https`,
      'Tokens would travel in the clear: put TLS before it (docs/deploy.md).',
    );
  if (url.pathname !== '/' || url.search !== '')
    return trouble(`${settings.publicUrl} has a path`, 'It is an origin: https://hub.example.com.');
  return good('public address', url.origin);
}
