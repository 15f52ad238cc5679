CREATE TABLE "connect_states" (
	"id" text PRIMARY KEY NOT NULL,
	"connection_id" text NOT NULL,
	"user_id" text,
	"verifier" text NOT NULL,
	"tier" text NOT NULL,
	"created_at" bigint NOT NULL,
	"expires_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "connection_calls" (
	"position" bigserial PRIMARY KEY NOT NULL,
	"connection_id" text NOT NULL,
	"at" bigint NOT NULL,
	"purpose" text NOT NULL,
	"method" text NOT NULL,
	"address" text NOT NULL,
	"status" bigint,
	"outcome" text NOT NULL,
	"duration_ms" bigint NOT NULL,
	"delivery_id" text
);
--> statement-breakpoint
CREATE TABLE "connection_refs" (
	"id" text PRIMARY KEY NOT NULL,
	"connection_id" text NOT NULL,
	"key" text NOT NULL,
	"kind" text NOT NULL,
	"seq" bigint NOT NULL,
	"state" text NOT NULL,
	"ref" json,
	"note" json,
	"event_id" text NOT NULL,
	"holder" text,
	"held_until" bigint,
	"updated_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "connections" (
	"id" text PRIMARY KEY NOT NULL,
	"env" text NOT NULL,
	"connector" text NOT NULL,
	"account_id" text NOT NULL,
	"grant_id" text NOT NULL,
	"token_id" text NOT NULL,
	"user_id" text,
	"app_id" text,
	"partner_id" text,
	"epochs" json NOT NULL,
	"tier" text NOT NULL,
	"scopes" json NOT NULL,
	"state" text NOT NULL,
	"state_reason" text,
	"vendor_account" text NOT NULL,
	"label" text NOT NULL,
	"facts" json NOT NULL,
	"is_set_up" boolean NOT NULL,
	"intents" json NOT NULL,
	"refresh_lease" text,
	"refresh_until" bigint,
	"muted_until" bigint,
	"sync_cursor" text,
	"checked_at" bigint,
	"due_at" bigint,
	"failures" bigint NOT NULL,
	"last_used_at" bigint,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL,
	"revoked_at" bigint,
	"version" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "credentials" (
	"id" text PRIMARY KEY NOT NULL,
	"sealed" text NOT NULL,
	"version" bigint NOT NULL,
	"expires_at" bigint,
	"updated_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "inbox" (
	"id" text PRIMARY KEY NOT NULL,
	"at" bigint NOT NULL
);
--> statement-breakpoint
CREATE INDEX "connect_states_expires" ON "connect_states" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "connection_calls_connection" ON "connection_calls" USING btree ("connection_id","position");--> statement-breakpoint
CREATE INDEX "connection_refs_connection" ON "connection_refs" USING btree ("connection_id","id");--> statement-breakpoint
CREATE INDEX "connections_account" ON "connections" USING btree ("account_id","id");--> statement-breakpoint
CREATE INDEX "connections_vendor" ON "connections" USING btree ("connector","vendor_account");--> statement-breakpoint
CREATE INDEX "connections_grant" ON "connections" USING btree ("grant_id");--> statement-breakpoint
CREATE INDEX "connections_token" ON "connections" USING btree ("token_id");--> statement-breakpoint
CREATE INDEX "connections_user" ON "connections" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "connections_app" ON "connections" USING btree ("app_id");--> statement-breakpoint
CREATE INDEX "connections_partner" ON "connections" USING btree ("partner_id");--> statement-breakpoint
CREATE INDEX "connections_due" ON "connections" USING btree ("due_at") WHERE due_at is not null;--> statement-breakpoint
CREATE INDEX "inbox_at" ON "inbox" USING btree ("at");--> statement-breakpoint
ALTER TABLE "revocations" ADD COLUMN "credentials" bigint;--> statement-breakpoint
ALTER TABLE "revocations" ADD COLUMN "credentials_revoked" bigint;--> statement-breakpoint
ALTER TABLE "revocations" ADD COLUMN "credentials_shredded" bigint;