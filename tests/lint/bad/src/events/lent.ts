// fires: house(lent-by-ports) eslint(no-restricted-globals)
export function publishAt(): [Date, number, string] {
  setTimeout(() => undefined, 1);
  return [new Date(), Math.random(), crypto.randomUUID()];
}
