CREATE TABLE "blocks" (
	"id" text PRIMARY KEY NOT NULL,
	"since" bigint NOT NULL,
	"until" bigint NOT NULL
);
--> statement-breakpoint
ALTER TABLE "accounts" ADD COLUMN "plan" text;--> statement-breakpoint
ALTER TABLE "partners" ADD COLUMN "plan" text;--> statement-breakpoint
CREATE INDEX "blocks_until" ON "blocks" USING btree ("until");--> statement-breakpoint
-- As patchbay_spend of 0001, and counters beside: a bucket with a start is compared with that in place of now, so that
-- nothing comes back to it, and is ahead by its floor in any case, for this table forgets what a crash empties.
CREATE FUNCTION patchbay_spend(
	asks integer[], keys text[], needs bigint[], bursts bigint[], starts bigint[], floors bigint[],
	OUT allowed boolean[], OUT ahead bigint[]
) LANGUAGE plpgsql AS $$
DECLARE
	names text[];
	slots integer[];
	arrivals bigint[];
	now_us bigint;
	start_us bigint;
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
			start_us := coalesce(nullif(starts[i], 0), now_us);
			ahead[i] := greatest(arrivals[slots[i]] - start_us, floors[i], 0);
			is_allowed := is_allowed AND ahead[i] + needs[i] <= bursts[i];
		END LOOP;
		FOR i IN first..last LOOP
			IF is_allowed THEN
				start_us := coalesce(nullif(starts[i], 0), now_us);
				ahead[i] := ahead[i] + needs[i];
				arrivals[slots[i]] := start_us + ahead[i];
			END IF;
			allowed[i] := is_allowed;
		END LOOP;
		first := last + 1;
	END LOOP;
	UPDATE caps c SET arrival_us = n.arrival FROM unnest(names, arrivals) AS n (key, arrival)
	WHERE c.key = n.key AND c.arrival_us < n.arrival;
END
$$;