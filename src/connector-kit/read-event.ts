type Part = Readonly<Record<string, unknown>>;

/** An object within an event's data; an empty one where it is not there: not told, or not for everybody. */
export const partOf = (data: Part, name: string): Part => {
  const part = data[name];
  // An object that came out of JSON has string keys.
  return typeof part === 'object' && part !== null ? (part as Part) : {};
};

/** A text within an event's data; empty where it is not there. */
export const textOf = (data: Part, name: string): string => {
  const value = data[name];
  return typeof value === 'string' ? value : '';
};

/** `san-antonio` as `San Antonio`. */
export const titled = (slug: string): string =>
  slug
    .split(/[-_]/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(' ');
