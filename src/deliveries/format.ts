/**
 * What an endpoint receives. The shared part of a body is written once per event and projection; what
 * differs between deliveries (account, grant, subscription) is spliced in as text, since at a fan-out of
 * ten the writing of `data` would otherwise be most of a delivery's cost.
 */
import type { EventRecord } from '#src/ports';
import { securityEventClaims } from './secevent.ts';

export type BodyFormat = 'standard' | 'cloudevents' | 'secevent';

export type FormattedEvent = Pick<
  EventRecord,
  'id' | 'type' | 'schemaVersion' | 'sequence' | 'occurredAtMs' | 'city' | 'subject'
>;

/** Whom one delivery is for. */
export type Recipient = { account: string; grant: string; subscription: string };

/** `installation` names this hub among hubs, `publicUrl` is its origin without a closing slash. */
export type HubIdentity = { installation: string; publicUrl: string };

export type Body = { contentType: string; body: string };

export type BodyWriter = {
  contentType: string;
  write(recipient: Recipient): string;
};

/** `data` is the projection that the recipients' scopes reveal: one writer serves all who share it. */
export function createBodyWriter(
  format: BodyFormat,
  event: FormattedEvent,
  data: Record<string, unknown>,
  hub: HubIdentity,
): BodyWriter {
  switch (format) {
    case 'standard':
      return writerOf('application/json', standardAttributes(event), data);
    case 'cloudevents':
      return writerOf('application/cloudevents+json', cloudEventAttributes(event, hub), data);
    case 'secevent':
      // The claims; what leaves is signed over them (prepare.ts).
      return {
        contentType: 'application/secevent+jwt',
        write: ({ subscription }) => JSON.stringify(securityEventClaims(event, data, hub, subscription)),
      };
    default:
      return format satisfies never;
  }
}

/** One body alone: for a test delivery, a sample, a dry-run. */
export function bodyOf(
  format: BodyFormat,
  event: FormattedEvent,
  data: Record<string, unknown>,
  recipient: Recipient,
  hub: HubIdentity,
): Body {
  const writer = createBodyWriter(format, event, data, hub);
  return { contentType: writer.contentType, body: writer.write(recipient) };
}

function writerOf(
  contentType: string,
  attributes: Record<string, unknown>,
  data: Record<string, unknown>,
): BodyWriter {
  // The head loses its closing brace; the tail brings the body's. Every head has an id, so a comma may follow.
  const head = JSON.stringify(attributes).slice(0, -1);
  const tail = `,"data":${JSON.stringify(data)}}`;
  return {
    contentType,
    write({ account, grant, subscription }) {
      const whose = `,"account":${JSON.stringify(account)},"grant":${JSON.stringify(grant)}`;
      return `${head}${whose},"subscription":${JSON.stringify(subscription)}${tail}`;
    },
  };
}

/** What is the same for every recipient, keys in the order of the contract; absent ones are left out. */
export function standardAttributes(event: FormattedEvent): Record<string, unknown> {
  return {
    id: event.id,
    type: event.type,
    timestamp: new Date(event.occurredAtMs).toISOString(),
    schema_version: event.schemaVersion,
    sequence: event.sequence,
    ...(event.city === null ? {} : { city: event.city }),
    ...(event.subject === '' ? {} : { subject: event.subject }),
  };
}

/**
 * CloudEvents 1.0.2, "Attribute Naming Convention": lower-case letters and digits only, hence
 * `schemaversion`. `id` and `source` together are unique, so the installation is in the source.
 * What is present must not be empty, so an empty `subject` or `city` is left out.
 */
function cloudEventAttributes(event: FormattedEvent, hub: HubIdentity): Record<string, unknown> {
  const { publicUrl, installation } = hub;
  return {
    specversion: '1.0',
    id: event.id,
    source: `/patchbay/${encodeURIComponent(installation)}`,
    type: `patchbay.${event.type}`,
    time: new Date(event.occurredAtMs).toISOString(),
    ...(event.subject ? { subject: event.subject } : {}),
    dataschema: `${publicUrl}/v1/event-types/${encodeURIComponent(event.type)}/${event.schemaVersion}`,
    datacontenttype: 'application/json',
    sequence: sequenceText(event.sequence),
    schemaversion: event.schemaVersion,
    ...(event.city ? { city: event.city } : {}),
  };
}

/** The Sequence extension compares as text, so the number is padded to the width of the greatest safe one. */
function sequenceText(sequence: number): string {
  return String(sequence).padStart(16, '0');
}
