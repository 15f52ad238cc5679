/** Whether an argument is one that a route of Dropbox takes, by its specification (dropbox-v2.trim.json, derived from Stone). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

type Member = { type?: string; default?: string };
type Shape = { ns: string; extends?: string; members: Record<string, Member> };
type Specification = {
  structs: Record<string, Shape>;
  unions: Record<string, Shape>;
  routes: Record<string, { arg: string; attrs: { host?: string; style?: string; scope?: string } }>;
};

const specification = JSON.parse(
  readFileSync(join(import.meta.dirname, '../vendor-specs/dropbox-v2.trim.json'), 'utf8'),
) as Specification;

/** What is wrong with a request; empty: nothing. */
export async function complaintsOf(request: Request): Promise<string[]> {
  const { host, pathname } = new URL(request.url);
  const path = pathname.replace('/2', '');
  const route = specification.routes[path];
  if (!route) return [`there is no ${path}`];
  const ns = path.split('/')[1] ?? '';
  const isUpload = route.attrs.style === 'upload';
  const header = request.headers.get('dropbox-api-arg') ?? '';
  const type = request.headers.get('content-type');
  const given: unknown = JSON.parse(isUpload ? header : await request.text());
  return [
    ...(request.method === 'POST' ? [] : [`${path}: ${request.method}`]),
    ...(host === `${route.attrs.host ?? 'api'}.dropboxapi.com` ? [] : [`${path} at ${host}`]),
    ...(type === (isUpload ? 'application/octet-stream' : 'application/json') ? [] : [`${path}: ${type}`]),
    ...(/^[\x20-\x7e]*$/.test(header) ? [] : [`${path}: the header is no ASCII`]),
    ...complain(given, route.arg, ns, path),
  ];
}

function complain(value: unknown, type: string, ns: string, at: string): string[] {
  const name = type.replace(/\?$/, '');
  if (type.endsWith('?') && value === undefined) return [];
  if (name === 'Boolean') return typeof value === 'boolean' ? [] : [`${at} is no boolean`];
  if (name.startsWith('UInt'))
    return Number.isSafeInteger(value) && Number(value) >= 0 ? [] : [`${at} is no count`];
  if (name === 'Sha256HexHash') return /^[0-9a-f]{64}$/.test(String(value)) ? [] : [`${at} is no hash`];
  const struct = specification.structs[`${ns}.${name}`];
  if (struct) return complainOfStruct(value, membersOf(struct), ns, at);
  const union = specification.unions[`${ns}.${name}`];
  if (union) {
    const tag = (value as { '.tag'?: string } | null)?.['.tag'] ?? '';
    return Object.hasOwn(union.members, tag) ? [] : [`${at} is no ${name}: ${tag}`];
  }
  return typeof value === 'string' ? [] : [`${at} is no text`];
}

const membersOf = ({ ns, extends: parent, members }: Shape): Record<string, Member> => ({
  ...(parent === undefined ? {} : membersOf(specification.structs[`${ns}.${parent}`]!)),
  ...members,
});

function complainOfStruct(value: unknown, members: Record<string, Member>, ns: string, at: string): string[] {
  if (typeof value !== 'object' || value === null) return [`${at} is no object`];
  const given = value as Record<string, unknown>;
  return [
    ...Object.keys(given)
      .filter((name) => !Object.hasOwn(members, name))
      .map((name) => `${at} knows no ${name}`),
    ...Object.entries(members).flatMap(([name, { type = '', default: otherwise }]) =>
      given[name] === undefined && otherwise !== undefined
        ? []
        : complain(given[name], type, ns, `${at}.${name}`),
    ),
  ];
}
