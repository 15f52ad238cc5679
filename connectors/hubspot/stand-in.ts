/**
 * HubSpot as far as the connector uses it: `/2026-09/`, one account. It keeps what it was given, and refuses what HubSpot
 * refuses: a missing scope, a stage of no pipeline, a property that it does not have, a value that is none of its type.
 */
import { object, text } from './fields.ts';

type Body = Record<string, unknown>;
type Kept = { id: string; properties: Record<string, string>; archived: boolean };
type Property = { name: string; label: string; type: string; hasUniqueValue?: boolean; calculated?: boolean };

const pipelines = [
  {
    id: 'default',
    label: 'Sales Pipeline',
    stages: [
      { id: 'appointmentscheduled', label: 'Appointment scheduled' },
      { id: 'contractsent', label: 'Contract sent' },
      { id: 'closedwon', label: 'Closed won' },
      { id: 'closedlost', label: 'Closed lost' },
    ],
  },
  { id: '88110', label: 'Studios', stages: [{ id: '991', label: 'Talking' }] },
];

const given: readonly Property[] = [
  { name: 'dealname', label: 'Deal name', type: 'string' },
  { name: 'amount', label: 'Amount', type: 'number' },
  { name: 'closedate', label: 'Close date', type: 'datetime' },
  { name: 'description', label: 'Deal description', type: 'string' },
  { name: 'pipeline', label: 'Pipeline', type: 'enumeration' },
  { name: 'dealstage', label: 'Deal stage', type: 'enumeration' },
  { name: 'days_to_close', label: 'Days to close', type: 'number', calculated: true },
];

const contactProperties = new Set(['email', 'firstname', 'lastname', 'phone']);

export type HubSpot = {
  answer(request: Request): Promise<Response>;
  objects(): readonly unknown[];
  /** As an admin or a user would, by hand. */
  addProperty(property: Property): void;
  deleteDeal(id: string): void;
};

export function hubSpot(scopes: ReadonlySet<string>): HubSpot {
  const properties = new Map(given.map((one) => [one.name, one]));
  const kept = { deals: [] as Kept[], contacts: [] as Kept[], ties: new Set<string>(), next: 9001 };

  const calls: readonly [string, RegExp, readonly string[], (body: Body, ids: string[]) => Response][] = [
    [
      'GET',
      /^\/crm\/pipelines\/2026-09\/deals$/,
      ['crm.objects.deals.read'],
      () => json(200, { results: pipelines }),
    ],
    [
      'GET',
      /^\/crm\/properties\/2026-09\/deals$/,
      ['crm.objects.deals.read'],
      () => json(200, { results: [...properties.values()] }),
    ],
    [
      'GET',
      /^\/crm\/properties\/2026-09\/deals\/(\w+)$/,
      ['crm.objects.deals.read'],
      (_, [name = '']) => readProperty(name),
    ],
    ['POST', /^\/crm\/properties\/2026-09\/deals$/, ['crm.schemas.deals.write'], makeProperty],
    ['POST', /^\/crm\/objects\/2026-09\/0-3\/batch\/upsert$/, ['crm.objects.deals.write'], upsertDeal],
    ['POST', /^\/crm\/objects\/2026-09\/0-1\/batch\/upsert$/, ['crm.objects.contacts.write'], upsertContact],
    [
      'POST',
      /^\/crm\/objects\/2026-09\/0-3\/batch\/read$/,
      ['crm.objects.deals.read'],
      (body) => read(kept.deals, body),
    ],
    [
      'POST',
      /^\/crm\/objects\/2026-09\/0-1\/batch\/read$/,
      ['crm.objects.contacts.read'],
      (body) => read(kept.contacts, body),
    ],
    [
      'PUT',
      /^\/crm\/objects\/2026-09\/0-3\/(\d+)\/associations\/default\/0-1\/(\d+)$/,
      ['crm.objects.deals.write', 'crm.objects.contacts.write'],
      (_, ids) => tie(ids),
    ],
    [
      'GET',
      /^\/crm\/objects\/2026-09\/0-3\/(\d+)\/associations\/0-1$/,
      ['crm.objects.deals.read', 'crm.objects.contacts.read'],
      (_, [deal = '']) => tiesOf(deal),
    ],
    [
      'GET',
      /^\/crm\/objects\/2026-09\/0-3\/(\d+)$/,
      ['crm.objects.deals.read'],
      (_, [deal = '']) => readDeal(deal),
    ],
    [
      'DELETE',
      /^\/crm\/objects\/2026-09\/0-3\/(\d+)$/,
      ['crm.objects.deals.write'],
      (_, [deal = '']) => archiveDeal(deal),
    ],
  ];

  return {
    async answer(request) {
      const { pathname } = new URL(request.url);
      if (!request.headers.get('authorization')?.startsWith('Bearer '))
        return refusal(401, 'INVALID_AUTHENTICATION', 'Authentication credentials not found.');
      for (const [method, path, needs, act] of calls) {
        const ids = path.exec(pathname);
        if (request.method !== method || !ids) continue;
        const missing = ['oauth', ...needs].filter((scope) => !scopes.has(scope));
        if (missing.length > 0)
          return refusal(403, 'MISSING_SCOPES', 'This app has not been granted all required scopes.');
        const sent: unknown = method === 'POST' ? await request.json() : {};
        return act(object(sent), ids.slice(1));
      }
      return refusal(404, 'OBJECT_NOT_FOUND', `No context found for ${request.method} ${pathname}.`);
    },
    objects: () => [
      ...[...properties.values()].filter(({ name }) => !given.some((one) => one.name === name)),
      ...live(kept.contacts).map(({ properties: contact }) => ({ contact })),
      ...live(kept.deals).map(({ id, properties: deal }) => ({ deal, contacts: contactsOf(id) })),
    ],
    addProperty: (property) => void properties.set(property.name, property),
    deleteDeal: (id) => void archiveDeal(id),
  };

  function readProperty(name: string): Response {
    const found = properties.get(name);
    return found ? json(200, found) : refusal(404, 'OBJECT_NOT_FOUND', `Property ${name} does not exist.`);
  }

  function makeProperty(body: Body): Response {
    const [name, label, type] = [text(body['name']), text(body['label']), text(body['type'])];
    if (!name || !label || !type || !body['fieldType'] || body['groupName'] !== 'dealinformation')
      return invalid('groupName', 'A property needs a name, a label, a type, a field type and a group.');
    if (properties.has(name)) return refusal(409, 'CONFLICT', `A property named “${name}” already exists.`);
    const made = { name, label, type, hasUniqueValue: body['hasUniqueValue'] === true };
    properties.set(name, made);
    return json(201, made);
  }

  function upsertDeal(body: Body): Response {
    const input = inputOf(body);
    if (!input || !properties.get(input.idProperty)?.hasUniqueValue)
      return invalid(input?.idProperty ?? 'idProperty', 'The property does not require unique values.');
    for (const [name, value] of Object.entries(input.properties)) {
      const wrong = wrongOf(properties.get(name), value, input.properties);
      if (wrong) return invalid(name, wrong);
    }
    return upsert(kept.deals, input, ['dealname', 'dealstage']);
  }

  function upsertContact(body: Body): Response {
    const input = inputOf(body);
    if (input?.idProperty !== 'email' || !/^[^@\s]+@[^@\s]+\.[a-z]+$/.test(input.id))
      return invalid('email', `Email address ${input?.id} is invalid`);
    const unknown = Object.keys(input.properties).find((name) => !contactProperties.has(name));
    return unknown
      ? invalid(unknown, `Property "${unknown}" does not exist`)
      : upsert(kept.contacts, input, []);
  }

  function upsert(all: Kept[], input: Input, needed: readonly string[]): Response {
    const found = live(all).find(({ properties: has }) => has[input.idProperty] === input.id);
    const missing = needed.find((name) => !input.properties[name]);
    if (!found && missing) return invalid(missing, 'is required');
    const one = found ?? { id: String(kept.next++), properties: {}, archived: false };
    if (!found) all.push(one);
    Object.assign(one.properties, input.properties, { [input.idProperty]: input.id });
    const result = { ...one, new: !found, objectWriteTraceId: input.trace };
    return json(200, { status: 'COMPLETE', results: [result] });
  }

  function read(all: Kept[], body: Body): Response {
    const [first] = Array.isArray(body['inputs']) ? body['inputs'].map(object) : [];
    const by = text(body['idProperty']) ?? '';
    const found = live(all).filter(({ properties: has }) => has[by] === first?.['id']);
    if (found.length > 0) return json(200, { status: 'COMPLETE', results: found });
    const errors = [
      { status: 'error', category: 'OBJECT_NOT_FOUND', message: 'Could not get some objects.' },
    ];
    return json(207, { status: 'COMPLETE', results: [], numErrors: 1, errors });
  }

  function tie([deal = '', contact = '']: string[]): Response {
    const both =
      live(kept.deals).some(({ id }) => id === deal) && live(kept.contacts).some(({ id }) => id === contact);
    if (!both) return refusal(404, 'OBJECT_NOT_FOUND', 'One or both objects do not exist.');
    kept.ties.add(`${deal}-${contact}`);
    return json(200, { status: 'COMPLETE', results: [{ from: { id: deal }, to: { id: contact } }] });
  }

  function tiesOf(deal: string): Response {
    const tied = live(kept.contacts).filter(({ id }) => kept.ties.has(`${deal}-${id}`));
    return json(200, { results: tied.map(({ id }) => ({ toObjectId: Number(id), associationTypes: [] })) });
  }

  function readDeal(deal: string): Response {
    const found = live(kept.deals).find(({ id }) => id === deal);
    return found ? json(200, found) : refusal(404, 'OBJECT_NOT_FOUND', 'resource not found');
  }

  /** HubSpot answers 204 for what is not there, too. */
  function archiveDeal(deal: string): Response {
    for (const one of kept.deals) if (one.id === deal) one.archived = true;
    return new Response(null, { status: 204 });
  }

  function contactsOf(deal: string): (string | undefined)[] {
    return live(kept.contacts)
      .filter(({ id }) => kept.ties.has(`${deal}-${id}`))
      .map(({ properties: contact }) => contact['email']);
  }
}

type Input = { idProperty: string; id: string; properties: Record<string, string>; trace: unknown };

function inputOf(body: Body): Input | undefined {
  const inputs = Array.isArray(body['inputs']) ? body['inputs'].map(object) : [];
  const [first] = inputs;
  const [idProperty, id] = [text(first?.['idProperty']), text(first?.['id'])];
  if (inputs.length !== 1 || !idProperty || !id) return undefined;
  const properties: Record<string, string> = {};
  for (const [name, value] of Object.entries(object(first?.['properties'])))
    properties[name] = text(value) ?? '';
  return { idProperty, id, properties, trace: first?.['objectWriteTraceId'] };
}

function wrongOf(
  property: Property | undefined,
  value: string,
  all: Record<string, string>,
): string | undefined {
  if (!property) return 'does not exist';
  const stages = pipelines.find(({ id }) => id === all['pipeline'])?.stages;
  if (property.name === 'pipeline' && !stages) return `${value} is not a pipeline`;
  if (property.name === 'dealstage' && !stages?.some(({ id }) => id === value))
    return `${value} is not a stage`;
  if (property.type === 'number' && !/^-?\d+(?:\.\d+)?$/.test(value)) return `${value} is not a number`;
  return property.type === 'datetime' && Number.isNaN(Date.parse(value))
    ? `${value} is not a moment`
    : undefined;
}

const live = (all: readonly Kept[]): Kept[] => all.filter(({ archived }) => !archived);

const json = (status: number, body: unknown): Response => Response.json(body, { status });

const refusal = (status: number, category: string, message: string): Response =>
  json(status, { status: 'error', message, category, correlationId: '11061cd3-cf3b-45f7-98d4-27f10a99ece6' });

/** As of `/2026-09/`: rules that an admin has set are told with the property that they are about. */
const invalid = (propertyName: string, message: string): Response =>
  json(400, {
    status: 'error',
    category: 'VALIDATION_ERROR',
    message: `Property values were not valid: ${JSON.stringify([{ isValid: false, message, error: 'INVALID', name: propertyName }])}`,
    correlationId: '11061cd3-cf3b-45f7-98d4-27f10a99ece6',
  });
