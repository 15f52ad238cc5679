/**
 * What HubSpot says, and what is to be done: one place, a test for each row. Statuses alone lie (a 207 holds failures,
 * a 401 is no sign that a token must be refreshed), so the category of the body decides where there is one.
 * Source: developers.hubspot.com, «Error handling» and «Usage details», November 2026.
 */
import { type Failed, retryAfterMs } from '#kit';
import { type Data, object, text } from './fields.ts';
import { rfpProperty } from './options.ts';

type Told = {
  status: number;
  headers: Headers;
  body: Data | null;
  now: Date;
  facts: Data;
  /** What was sent of a person: HubSpot repeats values, and they do not belong into a log. */
  hide?: readonly string[];
};

/** «Locks will last for 2 seconds.» */
const lockMs = 2_000;
/** The limit rolls over ten seconds. */
const rollingMs = 10_000;
/** It ends at midnight of the account's time zone, which is not told: asked again each hour. */
const dailyMs = 3_600_000;

export function failed({ status, headers, body, now, facts, hide = [] }: Told): Failed {
  const wait = retryAfterMs(headers, now);
  switch (status) {
    case 401:
      return unauthorized(body);
    case 408:
    case 409:
      // Somebody makes the same record at this moment: the next upsert finds it.
      return transient(codeOf(body, status), 'call', wait);
    case 423:
      return transient('locked', 'connection', wait ?? lockMs);
    case 429:
      return tooMany(body, wait);
    case 477:
      return transient('account_is_moving', 'connection', wait ?? dailyMs);
    default:
      if (status >= 500) return transient(`http_${status}`, 'connection', wait);
      if (status < 400) return transient(`http_${status}`, 'call', wait);
      return refused(body, status, facts, hide);
  }
}

/** One failed input of a 207. */
export function failedItem(item: Data, facts: Data, hide: readonly string[] = []): Failed {
  switch (text(item['category'])) {
    case 'CONFLICT':
      return transient('conflict', 'call', undefined);
    case 'RATE_LIMIT':
    case 'RATE_LIMITS':
      return tooMany(item, undefined);
    case undefined:
      return transient('unreadable_item', 'call', undefined);
    default:
      return refused(item, 400, facts, hide);
  }
}

function unauthorized(body: Data | null): Failed {
  // Not HubSpot's own words: something between us answered.
  if (!body) return transient('http_401', 'call', undefined);
  const code = codeOf(body, 401);
  // The hub refreshes by `expires_in`; this one alone says that it came too late.
  return { ok: false, kind: 'auth', next: code === 'expired_authentication' ? 'refresh' : 'reconnect', code };
}

function tooMany(body: Data | null, wait: number | undefined): Failed {
  const policy = text(body?.['policyName'])?.toLowerCase();
  return transient(
    policy ?? 'rate_limit',
    'connection',
    wait ?? (policy === 'daily' ? dailyMs : policy === 'secondly' ? 1_000 : rollingMs),
  );
}

function refused(body: Data | null, status: number, facts: Data, hide: readonly string[]): Failed {
  const code = codeOf(body, status);
  switch (code) {
    case 'missing_scopes':
      return { ok: false, kind: 'auth', next: 'reconnect', code };
    case 'validation_error':
      return { ok: false, kind: 'permanent', code, fix: validationFix(body ?? {}, facts, hide) };
    default:
      return { ok: false, kind: 'permanent', code, ...fixFor(status, code) };
  }
}

function fixFor(status: number, code: string): { fix?: string } {
  if (status === 403)
    return {
      fix: 'HubSpot does not let the person who connected do this. Give them the right to edit deals, contacts and associations (Settings → Users & Teams), or connect again as somebody who may.',
    };
  if (status === 404 || code === 'object_not_found')
    return {
      fix: 'Somebody deleted it in HubSpot meanwhile. The next event of the RFP makes it anew.',
    };
  return {};
}

/** Rules that an admin has set: the property, what HubSpot says of it, and where the rule stands. */
function validationFix(body: Data, facts: Data, hide: readonly string[]): string {
  const said = findings(body, hide);
  if (said.some(({ name }) => name === rfpProperty)) return propertyByHand(facts, false);
  const words = new Set(said.map(({ name, words: of }) => (name ? `“${name}”: ${of}` : of)));
  return `HubSpot refuses this by a rule of its own. ${[...words].slice(0, 5).join(' ')} Change the rule at ${propertiesAt(facts)}, or what the property is filled with here, and send it again.`;
}

/** What an admin does where the app may not, or where somebody made it otherwise. */
export function propertyByHand(facts: Data, isThere: boolean): string {
  const first = isThere
    ? `The deal property “${rfpProperty}” does not require unique values, and HubSpot cannot change that later: delete it at ${propertiesAt(facts)}. Then make it anew`
    : `An admin of HubSpot makes one deal property at ${propertiesAt(facts)}`;
  return `${first}: label “Patchbay RFP ID”, internal name ${rfpProperty}, type “Single-line text”, and the rule “Require unique values for this property”. Or connect again as an admin and allow crm.schemas.deals.write: then it is made for you.`;
}

function propertiesAt(facts: Data): string {
  const portal = text(facts['portal_id']);
  return portal
    ? `https://app.hubspot.com/property-settings/${portal}/properties?type=0-3`
    : 'Settings → Properties → Deal properties';
}

function findings(body: Data, hide: readonly string[]): { name?: string; words: string }[] {
  const details = [...list(body['errors']), ...embedded(text(body['message']) ?? '')];
  const told = details.map((detail) => {
    const context = object(detail['context']);
    const name =
      text(detail['name']) ?? text(one(context['propertyName'])) ?? text(one(context['properties']));
    const words = harmless(text(detail['message']) ?? text(detail['error']) ?? 'not valid', hide);
    return { ...(name ? { name } : {}), words };
  });
  return told.length > 0
    ? told
    : [{ words: harmless(text(body['message']) ?? 'It did not say which.', hide) }];
}

/** `Property values were not valid: [{"isValid":false,"message":…,"error":…,"name":…}]`: JSON at the end of a sentence. */
function embedded(message: string): Data[] {
  const from = message.indexOf('[{');
  if (from === -1) return [];
  try {
    return list(JSON.parse(message.slice(from)));
  } catch {
    return [];
  }
}

function harmless(words: string, hide: readonly string[]): string {
  const hidden = hide.reduce((all, value) => all.replaceAll(value, '…'), words).replace(/\S*@\S*/g, '…');
  return `${hidden.slice(0, 300).replace(/[.\s]+$/, '')}.`;
}

function codeOf(body: Data | null, status: number): string {
  return text(body?.['category'])?.toLowerCase() ?? `http_${status}`;
}

const one = (value: unknown): unknown => (Array.isArray(value) ? value[0] : value);

const list = (value: unknown): Data[] => (Array.isArray(value) ? value.map(object) : []);

function transient(code: string, slow: 'call' | 'connection', wait: number | undefined): Failed {
  return { ok: false, kind: 'transient', code, slow, ...(wait ? { retryAfterMs: wait } : {}) };
}
