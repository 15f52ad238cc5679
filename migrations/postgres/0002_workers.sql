CREATE TABLE "workers" (
	"id" text PRIMARY KEY NOT NULL,
	"slot" bigint NOT NULL,
	"version" text NOT NULL,
	"started_at" bigint NOT NULL,
	"seen_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX "workers_slot" ON "workers" USING btree ("slot");