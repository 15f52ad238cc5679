import { Chip, When } from '#src/ui';

type Standing = Record<'revoked_at' | 'expires_at' | 'ends_unused_at', string | null>;

export const isLive = ({ revoked_at, expires_at }: Standing, nowMs: number): boolean =>
  revoked_at === null && (expires_at === null || Date.parse(expires_at) > nowMs);

/** Of a token, or of what is one in other words: whether it opens anything, and when it ends by itself. */
export function TokenState({ of, nowMs, gone }: { of: Standing; nowMs: number; gone: 'revoked' | 'ended' }) {
  if (of.revoked_at !== null) return <Chip tone="off">{gone}</Chip>;
  if (!isLive(of, nowMs)) return <Chip tone="off">expired</Chip>;
  return (
    <>
      <Chip tone="good">active</Chip>
      {of.expires_at ? (
        <p class="dim">
          ends <When at={of.expires_at} />
        </p>
      ) : null}
      {of.ends_unused_at ? (
        <p class="dim wide-only">
          unused, it ends <When at={of.ends_unused_at} />
        </p>
      ) : null}
    </>
  );
}
