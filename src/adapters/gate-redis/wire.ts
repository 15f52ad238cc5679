import type { EpochMark } from '#src/ports';
import type { EpochLevel } from '#src/store';

type Entry = Omit<EpochMark, 'version'>;

/** As the scripts keep it: `level:subject` and `value suspendedAtMs|- atMs`. */
export const idOf = (mark: Entry): string => `${mark.level}:${mark.subjectId}`;

export function markOf(id: string, entry: string): Entry {
  const at = id.indexOf(':');
  const [value = '0', suspended = '-', atMs = '0'] = entry.split(' ');
  return {
    level: id.slice(0, at) as EpochLevel, // Written by the merge alone.
    subjectId: id.slice(at + 1),
    value: Number(value),
    suspendedAtMs: suspended === '-' ? null : Number(suspended),
    atMs: Number(atMs),
  };
}

export const isToken = (mark: Entry): boolean => mark.level === 'token';
