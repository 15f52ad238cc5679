/** One event of the day, told by the hub: `GET /v1/events/{id}/trace`, asked with the token of each endpoint's owner. */
import type { Api } from './api.ts';
import { timeOfDay } from './clock.ts';
import type { Counts } from './count.ts';
import { count, left, milliseconds, type Paint } from './paint.ts';
import type { PlannedEvent } from './planned-event.ts';
import type { DeliveryRow } from './read-store.ts';
import { title, width } from './report.ts';
import type { Endpoint } from './subscribe.ts';

type Options = { api: Api; endpoints: readonly Endpoint[]; day: readonly PlannedEvent[]; paint: Paint };

export async function traceLines(options: Options, counts: Counts): Promise<string[]> {
  const { endpoints, day, paint } = options;
  const told = mostTelling(options, counts);
  const planned = day.find(({ event }) => event.id === told);
  if (!planned) return [];
  const { event, minute } = planned;
  const parts = await Promise.all(endpoints.map((endpoint) => partOf(options, endpoint, event.id, counts)));
  const strangers = parts.filter((part) => part === 'unknown_here').length;
  return [
    title('The trace of one event', `GET /v1/events/${event.id}/trace`, paint),
    '',
    `  ${paint.bold(event.type)}  ${event.subject}  ${paint.dim(`at ${timeOfDay(minute)}`)}`,
    paint.dim(`  for ${event.audience.join(', ')}`),
    '',
    ...parts.flatMap((part) => (part === 'unknown_here' ? [] : part)),
    paint.dim(
      `  ○ ${left(count(strangers, 'other account'), 34)} 404: outside its audience it does not exist`,
    ),
    ...(await whyNotLines(options, counts)),
  ];
}

/** The other question that people ask: why did this one not come? */
async function whyNotLines(
  { api, endpoints, day, paint }: Options,
  { acceptedIds }: Counts,
): Promise<string[]> {
  const endpoint = endpoints.find(({ plan }) => 'filter' in plan.wish);
  if (!endpoint) return [];
  const { plan, token, subscriptionId } = endpoint;
  const isPassedOver = ({ event }: PlannedEvent) =>
    acceptedIds.has(event.id) &&
    event.type.startsWith('booking.') &&
    event.audience.includes(plan.ownerId) &&
    !plan.expects(event);
  const event = day.find(isPassedOver)?.event;
  if (!event) return [];
  const { status, body } = await api.call('GET', `/v1/events/${event.id}/trace`, token);
  const line =
    status === 200
      ? (body as TraceAnswer).subscriptions.find((one) => one.subscription === subscriptionId)
      : undefined;
  const mark = marks(paint)[line?.verdict ?? ''] ?? '○';
  return [
    '',
    `  ${paint.bold(event.type)}  ${event.subject}  ${paint.dim('and why this one did not come')}`,
    '',
    ...wrapped(`  ${mark} ${left(plan.title, 34)} `, line?.words ?? `${status} ${JSON.stringify(body)}`),
  ];
}

/** The one that shows most: sent to several endpoints, with different ends, and retried on the way. */
function mostTelling({ endpoints, day }: Options, { deliveries, acceptedIds }: Counts): string | undefined {
  const ends = new Map<string, Set<string>>();
  for (const { event } of day.filter((one) => acceptedIds.has(one.event.id))) {
    const isPassedOver = endpoints.some(
      ({ plan }) => event.audience.includes(plan.ownerId) && !plan.expects(event),
    );
    ends.set(event.id, new Set(isPassedOver ? ['not sent'] : []));
  }
  for (const row of deliveries) {
    const known = ends.get(row.eventId) ?? new Set();
    ends.set(row.eventId, known.add(`${row.state} ${row.state === 'delivered' && row.attempts > 1}`));
  }
  const score = (id: string) =>
    (ends.get(id)?.size ?? 0) * 10 + (ends.get(id)?.has('delivered true') ? 15 : 0);
  return [...ends.keys()].toSorted((a, b) => score(b) - score(a))[0];
}

type TraceAnswer = { subscriptions: { subscription: string; verdict: string; words: string }[] };
type DeliveryAnswer = {
  attempts: { started_at: string; duration_ms: number; outcome: string; status: number | null }[];
};

async function partOf(
  { api, paint }: Options,
  endpoint: Endpoint,
  eventId: string,
  counts: Counts,
): Promise<string[] | 'unknown_here'> {
  const { plan, token, subscriptionId } = endpoint;
  const { status, body } = await api.call('GET', `/v1/events/${eventId}/trace`, token);
  const name = left(plan.title, 34);
  if (status === 404) return 'unknown_here';
  // The shape of a 200 (openapi: traceEvent); anything else is shown as it came.
  const line =
    status === 200
      ? (body as TraceAnswer).subscriptions.find((one) => one.subscription === subscriptionId)
      : undefined;
  if (!line) return [`  ○ ${name} ${status} ${JSON.stringify(body)}`];
  const row = counts.deliveries.find(
    (one) => one.eventId === eventId && one.subscriptionId === subscriptionId,
  );
  return [
    ...wrapped(`  ${marks(paint)[line.verdict] ?? '○'} ${name} `, line.words),
    ...(row ? await attemptLines(api, token, row, paint) : []),
  ];
}

const marks = (paint: Paint): Readonly<Record<string, string>> => ({
  sent: paint.good('●'),
  queued: paint.busy('◐'),
  held: paint.busy('○'),
  not_sent: paint.dim('○'),
});

/** `GET /v1/deliveries/{id}`: every attempt, with its time since the event was accepted. */
async function attemptLines(
  api: Api,
  token: string,
  { id, acceptedAtMs }: DeliveryRow,
  paint: Paint,
): Promise<string[]> {
  const { status, body } = await api.call('GET', `/v1/deliveries/${id}`, token);
  if (status !== 200) return [];
  return (body as DeliveryAnswer).attempts.map((attempt, i) => {
    const after = milliseconds(Math.max(0, Date.parse(attempt.started_at) - acceptedAtMs));
    const outcome = attempt.status === null ? attempt.outcome : `answered ${attempt.status}`;
    return paint.dim(
      `${' '.repeat(39)}attempt ${i + 1}, ${after} after acceptance: ${outcome} in ${milliseconds(attempt.duration_ms)}`,
    );
  });
}

/** The first line begins with `head`, the next stand below its end. */
function wrapped(head: string, text: string): string[] {
  const indent = 39;
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < width - indent)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.map((line, i) => (i === 0 ? head + line : ' '.repeat(indent) + line));
}
