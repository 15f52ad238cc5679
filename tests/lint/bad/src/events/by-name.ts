// fires: house(plain-imports)
export async function readLater(): Promise<unknown> {
  return import(`node:fs/promises`);
}
