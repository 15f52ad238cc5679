import { Pages, withQuery } from '#src/ui';

type Asked = { limit: number; after?: string };

/** The page of a list that an address asks for. */
export function pageAsked(query: URLSearchParams): Asked {
  const after = query.get('after') ?? '';
  return after === '' ? { limit: 25 } : { limit: 25, after };
}

type Props = {
  at: string;
  /** The filter, which the next page keeps. */
  kept?: Record<string, string | null>;
  asked: Asked;
  next: string | null;
  isOldestFirst?: boolean;
};

/** The way on, and back to the beginning where one is not there. */
export function Pager({ at, kept = {}, asked, next, isOldestFirst = false }: Props) {
  return (
    <Pages
      first={asked.after === undefined ? null : withQuery(at, kept)}
      next={next === null ? null : withQuery(at, { ...kept, after: next })}
      isOldestFirst={isOldestFirst}
    />
  );
}
