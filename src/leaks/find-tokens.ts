import { parseToken } from '#src/access';

/**
 * Every whole token in a text, each once, in the order in which they first stand there. Nothing is asked of what stands
 * before and after one: in JSON a `\n` may touch it, in a URL or a dump another word. The checksum says what is one.
 */
export function findTokens(text: string): string[] {
  const found = new Set<string>();
  // The part behind `pbk_` is looked at and not taken: what looks like a token may hold the beginning of one.
  for (const { 0: head, 1: rest = '' } of text.matchAll(candidate))
    if (parseToken(head + rest)) found.add(head + rest);
  return [...found];
}

const candidate = /pbk_(?=([acfkrs][lt]_[0-9A-Za-z]{8}_[0-9A-Za-z]{36}))/g;
