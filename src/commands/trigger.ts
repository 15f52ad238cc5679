import { createServiceToken } from '#src/access';
import { eventTypes, sampleEvent } from '#src/catalog';
import { chosenAccount } from './account.ts';
import { hubApi, urlOf } from './call-hub.ts';
import { type Input, isOn, show, type Terminal, textOf, wrong } from './command.ts';

const eventsPerCall = 100;
const tokenMs = 600_000;

export async function trigger(terminal: Terminal, input: Input): Promise<void> {
  const type = typeOf(input.args[0] ?? '');
  const count = Number(textOf(input, 'count') ?? 1);
  if (!Number.isInteger(count) || count < 1 || count > 10_000)
    throw wrong('--count is a whole number from 1 to 10,000.');
  const ports = await terminal.open();
  const account = await chosenAccount(ports, input);
  const { token } = await createServiceToken(ports, 'cli', {
    label: 'patchbay trigger',
    env: isOn(input, 'test') ? 'test' : 'live',
    scopes: ['events:publish'],
    expiresAt: new Date(ports.clock.ms() + tokenMs),
  });
  const api = hubApi(terminal, urlOf(terminal, input, ports), token);
  const seed = Math.floor(ports.chance.fraction() * 2 ** 30);
  const results: Result[] = [];
  while (results.length < count) {
    const next = Math.min(eventsPerCall, count - results.length);
    const events = Array.from({ length: next }, (_, i) => ({
      type,
      occurred_at: ports.clock.now().toISOString(),
      city: textOf(input, 'city') ?? 'houston',
      audience: [account.id],
      ...sampleOf(type, seed + results.length + i),
    }));
    const answer = (await api.call('POST', '/v1/events', { events })) as { results: Result[] };
    results.push(...answer.results);
  }
  if (isOn(input, 'json')) terminal.out(JSON.stringify(results, null, 2));
  else for (const result of results) terminal.out(`${result.id ?? '-'} ${result.status}`);
  terminal.note(`${count} × ${type} for ${account.name}, through ${api.url}.`);
}

type Result = { id: string | null; status: string };

function typeOf(name: string): string {
  const type = eventTypes.get(name);
  if (type && !type.system) return name;
  throw wrong(
    type
      ? `${name} is said by the hub itself; it cannot be published.`
      : `There is no event type ${name}. See: patchbay event types`,
  );
}

/** Its subject is what its data is about. */
function sampleOf(type: string, seed: number): { subject: string; data: Record<string, unknown> } {
  const data = sampleEvent(type, undefined, seed);
  const entity = eventTypes.get(type)?.entity;
  return { subject: entity ? `${entity.kind}s/${String(data[entity.idField])}` : `${type}/${seed}`, data };
}

export async function listTypes(terminal: Terminal, input: Input): Promise<void> {
  await Promise.resolve();
  show(
    terminal,
    input,
    [...eventTypes.values()].map((type) => ({
      type: type.type,
      versions: Object.keys(type.versions),
      scope: type.scope,
      stream: type.stream,
      default: type.defaultOn ? 'on' : 'off',
    })),
  );
}
