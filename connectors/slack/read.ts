/** Fields of an event as they are, or nothing: which of them are there depends on the scopes of the grant. */
export type Data = Readonly<Record<string, unknown>>;

/** The text at `venue.name`; undefined where there is none. */
export function text(data: Data, path: string): string | undefined {
  const value = at(data, path);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function number(data: Data, path: string): number | undefined {
  const value = at(data, path);
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

export function list(data: Data, path: string): readonly unknown[] {
  const value = at(data, path);
  return Array.isArray(value) ? value : [];
}

export const isData = (value: unknown): value is Data =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function at(data: Data, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (value, name) => (isData(value) && Object.hasOwn(value, name) ? value[name] : undefined),
      data,
    );
}
