ALTER TABLE "epochs" ADD COLUMN "version" bigint;--> statement-breakpoint
CREATE INDEX "epochs_version" ON "epochs" USING btree ("version");--> statement-breakpoint
-- Buckets of the caps, where there is no Redis. Unlogged: a spend waits for no fsync, and what a crash empties only forgives.
CREATE UNLOGGED TABLE "caps" (
	"key" text PRIMARY KEY NOT NULL,
	"arrival_us" bigint NOT NULL
) WITH (fillfactor = 50);
--> statement-breakpoint
-- GCRA: each ask spends from all its buckets or from none. `asks` numbers the ask of each bucket, equal ones in a row.
-- Answers per bucket: whether its ask was allowed, and how far its arrival time lies ahead now, in microseconds.
-- A function, since buckets must be read after they are locked, which no single statement does: its snapshot is older
-- than its locks. Locked in the order of keys, so that none wait for each other in a ring.
CREATE FUNCTION patchbay_spend(
	asks integer[], keys text[], needs bigint[], bursts bigint[], OUT allowed boolean[], OUT ahead bigint[]
) LANGUAGE plpgsql AS $$
DECLARE
	names text[];
	slots integer[];
	arrivals bigint[];
	now_us bigint;
	first integer := 1;
	last integer;
	is_allowed boolean;
BEGIN
	names := ARRAY(SELECT DISTINCT k FROM unnest(keys) AS k ORDER BY k);
	slots := ARRAY(SELECT array_position(names, k) FROM unnest(keys) WITH ORDINALITY AS a (k, i) ORDER BY i);
	INSERT INTO caps (key, arrival_us) SELECT n, 0 FROM unnest(names) AS n ON CONFLICT DO NOTHING;
	PERFORM 1 FROM caps c WHERE c.key = ANY (names) ORDER BY c.key FOR UPDATE;
	arrivals := ARRAY(
		SELECT coalesce(c.arrival_us, 0) FROM unnest(names) WITH ORDINALITY AS n (key, i)
		LEFT JOIN caps c ON c.key = n.key ORDER BY n.i
	);
	now_us := (extract(epoch FROM clock_timestamp()) * 1000000)::bigint;
	WHILE first <= cardinality(asks) LOOP
		last := first;
		WHILE asks[last + 1] = asks[first] LOOP
			last := last + 1;
		END LOOP;
		is_allowed := true;
		FOR i IN first..last LOOP
			is_allowed := is_allowed AND greatest(arrivals[slots[i]] - now_us, 0) + needs[i] <= bursts[i];
		END LOOP;
		FOR i IN first..last LOOP
			IF is_allowed THEN
				arrivals[slots[i]] := greatest(arrivals[slots[i]], now_us) + needs[i];
			END IF;
			allowed[i] := is_allowed;
			ahead[i] := greatest(arrivals[slots[i]] - now_us, 0);
		END LOOP;
		first := last + 1;
	END LOOP;
	UPDATE caps c SET arrival_us = n.arrival FROM unnest(names, arrivals) AS n (key, arrival)
	WHERE c.key = n.key AND c.arrival_us < n.arrival;
END
$$;
