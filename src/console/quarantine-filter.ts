import { idPattern } from '#src/columns';
import { PatchbayError } from '#src/errors';
import type { QuarantineFilter } from '#src/events';
import type { Env } from '#src/ports';
import { withQuery } from '#src/ui';
import { quarantinePath } from './paths.ts';

export type Asked = QuarantineFilter & { env: Env };

/** As it stands in an address or in a form. Throws 400 for what nothing can be called. */
export function askedIn(of: (name: string) => string | null): Asked {
  const text = (name: string, most: number): string | null => {
    const value = of(name)?.trim() ?? '';
    if (value.length > most)
      throw new PatchbayError('invalid_parameter', { public: `Nothing has a ${name} that is so long.` });
    return value === '' ? null : value;
  };
  const publisher = text('publisher', 100);
  if (publisher !== null && !idPattern('tok').test(publisher))
    throw new PatchbayError('invalid_parameter', { public: 'A publisher is a token’s id: tok_…' });
  return {
    env: of('env') === 'test' ? 'test' : 'live',
    type: text('type', 100),
    reason: text('reason', 300),
    publisher,
  };
}

export const queryOf = ({ env, type, reason, publisher }: Asked) => ({
  env: env === 'test' ? 'test' : null,
  type,
  reason,
  publisher,
});

export const listPath = (asked: Asked): string => withQuery(quarantinePath, queryOf(asked));

export const keptPath = (id: string, env: Env): string =>
  withQuery(`${quarantinePath}/${id}`, { env: env === 'test' ? 'test' : null });

export const isFiltered = ({ type, reason, publisher }: Asked): boolean =>
  type !== null || reason !== null || publisher !== null;
