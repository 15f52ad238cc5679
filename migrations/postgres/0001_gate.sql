ALTER TABLE "epochs" ADD COLUMN "version" bigint;--> statement-breakpoint
CREATE INDEX "epochs_version" ON "epochs" USING btree ("version");--> statement-breakpoint
-- Buckets of the caps, where there is no Redis. Unlogged: a spend waits for no fsync, and what a crash empties only forgives.
CREATE UNLOGGED TABLE "caps" (
	"key" text PRIMARY KEY NOT NULL,
	"arrival_us" bigint NOT NULL
) WITH (fillfactor = 50);
--> statement-breakpoint
-- GCRA over several buckets, all or none. A function, since the buckets must be read after they are locked, which no
-- single statement does: its snapshot is older than its locks. Locked in the order of keys, so that none wait in a ring.
CREATE FUNCTION patchbay_spend(keys text[], needs bigint[], bursts bigint[], OUT allowed boolean, OUT ahead bigint[])
LANGUAGE plpgsql AS $$
DECLARE
	now_us bigint;
BEGIN
	INSERT INTO caps (key, arrival_us) SELECT k, 0 FROM unnest(keys) AS k ORDER BY k ON CONFLICT DO NOTHING;
	PERFORM 1 FROM caps c WHERE c.key = ANY (keys) ORDER BY c.key FOR UPDATE;
	now_us := (extract(epoch FROM clock_timestamp()) * 1000000)::bigint;
	SELECT bool_and(b.lead + b.need <= b.burst), array_agg(b.lead ORDER BY b.i) INTO allowed, ahead
	FROM (
		SELECT a.need, a.burst, a.i, greatest(coalesce(c.arrival_us, 0) - now_us, 0) AS lead
		FROM unnest(keys, needs, bursts) WITH ORDINALITY AS a (key, need, burst, i)
		LEFT JOIN caps c ON c.key = a.key
	) b;
	IF allowed THEN
		UPDATE caps c SET arrival_us = greatest(c.arrival_us, now_us) + a.need
		FROM unnest(keys, needs) AS a (key, need) WHERE c.key = a.key;
		ahead := ARRAY(SELECT l + n FROM unnest(ahead, needs) WITH ORDINALITY AS s (l, n, i) ORDER BY i);
	END IF;
END
$$;
