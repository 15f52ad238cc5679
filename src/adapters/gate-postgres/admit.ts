import type { Pool } from 'pg';
import { admissionOf, burstUs, floorUs, needUs, notStanding, startUs } from '#src/limits';
import type { Admission, Ask } from '#src/ports';

type Standing = { revoked: boolean; suspended: boolean };
type Spent = { allowed: boolean[]; ahead: number[] };

/**
 * Asks of one turn in one statement: who stands, by the rows themselves, and of those, whose caps allow. Each ask is
 * still all or nothing.
 */
export async function admitAll(
  pool: Pick<Pool, 'query'>,
  asks: readonly Ask[],
  isNamed: boolean,
): Promise<Admission[]> {
  const epochs = asks.flatMap((ask, i) =>
    ask.epochs.flatMap((snapshot) =>
      Object.entries(snapshot).map(([level, [id, value]]) => ({ ask: i, id: `${level}:${id}`, value })),
    ),
  );
  const caps = asks.flatMap((ask, i) => ask.caps.map((cap) => ({ ask: i, cap })));
  const { rows } = await pool.query<{ standing: Standing[]; spent: Spent | null }>({
    ...(isNamed ? { name: 'gate-admit' } : {}),
    text,
    values: [
      asks.map((ask) => ask.token.id),
      epochs.map((each) => each.ask),
      epochs.map((each) => each.id),
      epochs.map((each) => each.value),
      caps.map((each) => each.ask),
      caps.map((each) => each.cap.key),
      caps.map((each) => needUs(each.cap)),
      caps.map((each) => burstUs(each.cap)),
      caps.map((each) => startUs(each.cap)),
      caps.map((each) => floorUs(each.cap)),
    ],
  });
  return answersOf(asks, rows[0]?.standing ?? [], rows[0]?.spent ?? { allowed: [], ahead: [] });
}

/** The spent ones come in the order of the asks, without those that do not stand. */
function answersOf(asks: readonly Ask[], standing: Standing[], spent: Spent): Admission[] {
  const next = { at: 0 };
  return asks.map(({ caps }, i) => {
    // A row that is not there cannot be judged.
    const { revoked, suspended } = standing[i] ?? { revoked: true, suspended: false };
    if (revoked) return notStanding('revoked');
    if (suspended) return notStanding('suspended');
    const from = next.at;
    next.at += caps.length;
    return admissionOf(caps, spent.ahead.slice(from, next.at), spent.allowed[from] ?? true);
  });
}

const text = `
WITH asked AS (SELECT (i - 1)::integer AS ask, token FROM unnest($1::text[]) WITH ORDINALITY AS a (token, i)),
standing AS (
  SELECT a.ask,
    coalesce(bool_or(e.value > h.value), false) OR bool_or(t.revoked_at IS NOT NULL) AS revoked,
    coalesce(bool_or(e.suspended_at IS NOT NULL), false) AS suspended
  FROM asked a
  LEFT JOIN tokens t ON t.id = a.token
  LEFT JOIN unnest($2::integer[], $3::text[], $4::bigint[]) AS h (ask, id, value) ON h.ask = a.ask
  LEFT JOIN epochs e ON e.id = h.id
  GROUP BY a.ask
),
caps AS (
  SELECT c.* FROM unnest($5::integer[], $6::text[], $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[])
    WITH ORDINALITY AS c (ask, key, need, burst, start, floor, i)
  JOIN standing s ON s.ask = c.ask AND NOT s.revoked AND NOT s.suspended
)
SELECT
  (SELECT json_agg(json_build_object('revoked', revoked, 'suspended', suspended) ORDER BY ask) FROM standing) AS standing,
  (SELECT to_json(patchbay_spend(
    array_agg(ask ORDER BY i), array_agg(key ORDER BY i), array_agg(need ORDER BY i), array_agg(burst ORDER BY i),
    array_agg(start ORDER BY i), array_agg(floor ORDER BY i)
  )) FROM caps HAVING count(*) > 0) AS spent`;
