import { createLocalJWKSet, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { LRUCache } from 'lru-cache';
import * as z from 'zod';
import type { Ports } from '#src/context';
import type { Client } from './clients.ts';

const publicKey = z
  .looseObject({ kty: z.enum(['EC', 'RSA', 'OKP']) })
  .refine(
    (key) => !('d' in key) && !('k' in key),
    'Only public keys: keep the private part (d) to yourself.',
  );
export const keySet = z.object({ keys: z.array(publicKey).min(1).max(20) });

/** The keys of a client for this JWT header; throws where there are none. */
export type ClientKeys = (client: Client) => JWTVerifyGetKey;

type Fetched = { keys: JWTVerifyGetKey; atMs: number };
const keepMs = 5 * 60_000;
/** An unknown `kid` asks again, but not more often than this: else anybody could make us call. */
const askAgainMs = 30_000;

/** Keys that the client registered, or those at its address, fetched through the egress guard and kept for five minutes. */
export function createClientKeys({ http, clock }: Pick<Ports, 'http' | 'clock'>): ClientKeys {
  const known = new LRUCache<string, Fetched>({ max: 1_000 });

  const fetched = async (uri: string, notBeforeMs: number): Promise<Fetched> => {
    const kept = known.get(uri);
    if (kept && kept.atMs > notBeforeMs) return kept;
    const entry = { keys: createLocalJWKSet(await fetchKeys(uri)), atMs: clock.ms() };
    known.set(uri, entry);
    return entry;
  };

  const fetchKeys = async (url: string): Promise<JSONWebKeySet> => {
    const answer = await http.send({
      url,
      method: 'GET',
      headers: { accept: 'application/jwk-set+json, application/json' },
      deadlineMs: 5_000,
      maxAnswerBytes: 65_536,
      keepAnswerBytes: 65_536,
      readsAnswer: true,
    });
    if (answer.kind !== 'answered' || answer.status !== 200 || answer.answerEnd !== 'complete')
      throw new Error('the keys could not be fetched');
    return keySet.parse(JSON.parse(answer.body));
  };

  return (client) => {
    if (client.jwks) return createLocalJWKSet(client.jwks);
    const { jwksUri } = client;
    if (jwksUri === null) throw new Error('the client has no keys');
    return async (header, token) => {
      const { keys, atMs } = await fetched(jwksUri, clock.ms() - keepMs);
      try {
        return await keys(header, token);
      } catch (error) {
        if (clock.ms() - atMs < askAgainMs) throw error;
        return (await fetched(jwksUri, atMs)).keys(header, token);
      }
    };
  };
}
