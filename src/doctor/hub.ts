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
  return [
    await ready(url, answer, call),
    ...(await wakes(url, call)),
    ...clockOf(ports, answer.date),
    ...about,
  ];
}

type Answer = Awaited<ReturnType<Call>>;

async function ready(url: string, { status, body }: Answer, call: Call): Promise<Finding> {
  if (status === 200 && body.includes('"ready"')) return standing(url, body);
  if (status === 503) {
    return bad('hub', {
      found: `${url}/readyz answers 503`,
      why: 'It takes no writes now: its store fails, lacks migrations, or it is stopping.',
      remedy: 'Its log says why (readiness.failed).',
    });
  }
  const alive = await call(`${url}/healthz`).catch(() => null);
  if (alive?.status === 200 && alive.body.includes('"up"'))
    return good('hub', `answers at ${url}; its proxy hides whether it is ready: ask past it with --url`);
  return bad('hub', {
    found: `${url}/readyz answers ${status}`,
    why: 'That is no hub.',
    remedy: 'Is the address right, and the proxy before it?',
  });
}

/** What the process itself says of what it rests on. */
function standing(url: string, body: string): Finding {
  const down = Object.entries((JSON.parse(body) as { checks?: Record<string, string> }).checks ?? {})
    .filter(([, state]) => state === 'down')
    .map(([name]) => name);
  if (down.length === 0) return good('hub', `answers at ${url} and is ready`);
  return bad('hub', {
    found: `answers at ${url}, but has lost ${down.join(' and ')}`,
    why: 'It goes on with its database alone, slower.',
    remedy: 'Is it up, and may the machine of the hub reach it?',
  });
}

/** A worker takes its wakes in milliseconds; this many have piled up. */
const manyWakes = 1_000;

/** The depth of the queue on Redis, where there is one and the hub's metrics can be read. */
async function wakes(url: string, call: Call): Promise<Finding[]> {
  const metrics = await call(`${url}/metrics`).catch(() => null);
  const counts = [
    ...(metrics?.body ?? '').matchAll(/^patchbay_queue_jobs\{[^}]*state="(\w+)"[^}]*\} (\d+)/gm),
  ];
  if (metrics?.status !== 200 || counts.length === 0) return [];
  const found = counts.map(([, state, n]) => `${n} ${state}`).join(', ');
  const waiting = Number(counts.find(([, state]) => state === 'waiting')?.[2] ?? 0);
  if (waiting < manyWakes) return [good('wakes', found)];
  return [
    warn('wakes', {
      found,
      why: 'Workers do not take their wakes: deliveries wait for the sweep.',
      remedy: 'Do workers run, and do they reach Redis? Their log says.',
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
