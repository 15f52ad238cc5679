CREATE TABLE "call_leases" (
	"id" text PRIMARY KEY NOT NULL,
	"mark" text NOT NULL,
	"expires_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "usage_days" (
	"id" text PRIMARY KEY NOT NULL,
	"day" text NOT NULL,
	"holder" text NOT NULL,
	"reads" bigint NOT NULL,
	"writes" bigint NOT NULL,
	"creates" bigint NOT NULL,
	"units" bigint NOT NULL,
	"refused" bigint NOT NULL,
	"theirs" bigint NOT NULL
);
--> statement-breakpoint
CREATE INDEX "usage_days_day" ON "usage_days" USING btree ("day");