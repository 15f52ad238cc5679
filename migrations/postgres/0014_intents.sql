CREATE TABLE "broadcast_paces" (
	"id" text PRIMARY KEY NOT NULL,
	"arrival_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "broadcast_places" (
	"id" text PRIMARY KEY NOT NULL,
	"rfp" text NOT NULL,
	"recipient" text NOT NULL,
	"event_position" bigint NOT NULL,
	"due_at" bigint,
	"mark" text NOT NULL,
	"created_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "intent_feed" (
	"position" bigserial PRIMARY KEY NOT NULL,
	"tx" bigint NOT NULL,
	"intent_id" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "intent_sources" (
	"id" text PRIMARY KEY NOT NULL,
	"source" text NOT NULL,
	"kind" text NOT NULL,
	"state" text NOT NULL,
	"note" text NOT NULL,
	"decided_by" text,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "intents" (
	"id" text PRIMARY KEY NOT NULL,
	"env" text NOT NULL,
	"kind" text NOT NULL,
	"source" text NOT NULL,
	"connection_id" text,
	"account_id" text,
	"user_id" text,
	"grant_id" text,
	"app_id" text,
	"partner_id" text,
	"external_ref" text NOT NULL,
	"ref_key" text NOT NULL,
	"idempotency_key" text,
	"fingerprint" text NOT NULL,
	"data" json NOT NULL,
	"state" text NOT NULL,
	"result" text,
	"result_subject" text,
	"reason" text,
	"mark" text,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL,
	"opened_at" bigint,
	"expires_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE INDEX "broadcast_paces_arrival" ON "broadcast_paces" USING btree ("arrival_at");--> statement-breakpoint
CREATE INDEX "broadcast_places_rfp" ON "broadcast_places" USING btree ("rfp");--> statement-breakpoint
CREATE INDEX "broadcast_places_mark" ON "broadcast_places" USING btree ("mark");--> statement-breakpoint
CREATE INDEX "broadcast_places_created" ON "broadcast_places" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "intent_feed_place" ON "intent_feed" USING btree ("tx","position");--> statement-breakpoint
CREATE UNIQUE INDEX "intent_feed_intent" ON "intent_feed" USING btree ("intent_id");--> statement-breakpoint
CREATE UNIQUE INDEX "intents_ref" ON "intents" USING btree ("ref_key");--> statement-breakpoint
CREATE UNIQUE INDEX "intents_idempotency" ON "intents" USING btree ("idempotency_key");--> statement-breakpoint
CREATE INDEX "intents_account" ON "intents" USING btree ("account_id","id");--> statement-breakpoint
CREATE INDEX "intents_app" ON "intents" USING btree ("app_id","id");--> statement-breakpoint
CREATE INDEX "intents_source" ON "intents" USING btree ("source","kind","state");--> statement-breakpoint
CREATE INDEX "intents_waiting" ON "intents" USING btree ("state","id") WHERE state in ('pending_review', 'open');--> statement-breakpoint
CREATE INDEX "intents_updated" ON "intents" USING btree ("updated_at");