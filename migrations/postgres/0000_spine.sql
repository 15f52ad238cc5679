CREATE TABLE "accounts" (
	"id" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"actor" text,
	"name" text NOT NULL,
	"country" text NOT NULL,
	"city" text,
	"time_zone" text NOT NULL,
	"status" text NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "apps" (
	"id" text PRIMARY KEY NOT NULL,
	"partner_id" text NOT NULL,
	"name" text NOT NULL,
	"created_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "attempts" (
	"position" bigserial PRIMARY KEY NOT NULL,
	"id" text NOT NULL,
	"delivery_id" text NOT NULL,
	"number" bigint NOT NULL,
	"started_at" bigint NOT NULL,
	"duration_ms" bigint NOT NULL,
	"outcome" text NOT NULL,
	"status" bigint,
	"stage" text NOT NULL,
	"detail" text NOT NULL,
	"answer" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "audit" (
	"position" bigserial PRIMARY KEY NOT NULL,
	"at" bigint NOT NULL,
	"actor" text NOT NULL,
	"action" text NOT NULL,
	"subject" text NOT NULL,
	"account_id" text,
	"request_id" text,
	"detail" json NOT NULL
);
--> statement-breakpoint
CREATE TABLE "changes" (
	"position" bigserial PRIMARY KEY NOT NULL,
	"version" bigint NOT NULL,
	"account_id" text,
	"subscription_id" text
);
--> statement-breakpoint
CREATE TABLE "deliveries" (
	"position" bigserial PRIMARY KEY NOT NULL,
	"id" text NOT NULL,
	"env" text NOT NULL,
	"event_position" bigint NOT NULL,
	"subscription_id" text NOT NULL,
	"grant_id" text NOT NULL,
	"account_id" text NOT NULL,
	"state" text NOT NULL,
	"reason" text NOT NULL,
	"due_at" bigint,
	"attempts" bigint NOT NULL,
	"tries" bigint NOT NULL,
	"lease_id" text,
	"mark" text,
	"critical" boolean NOT NULL,
	"line" text,
	"sequence" bigint NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "entities" (
	"id" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"entity_id" text NOT NULL,
	"sequence" bigint NOT NULL,
	"event_position" bigint NOT NULL,
	"updated_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "entity_accounts" (
	"id" text PRIMARY KEY NOT NULL,
	"entity" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "epochs" (
	"id" text PRIMARY KEY NOT NULL,
	"level" text NOT NULL,
	"subject_id" text NOT NULL,
	"value" bigint NOT NULL,
	"suspended_at" bigint,
	"reason" text,
	"updated_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "events" (
	"position" bigserial PRIMARY KEY NOT NULL,
	"id" text NOT NULL,
	"env" text NOT NULL,
	"type" text NOT NULL,
	"schema_version" bigint NOT NULL,
	"stream" text NOT NULL,
	"occurred_at" bigint NOT NULL,
	"accepted_at" bigint NOT NULL,
	"city" text,
	"subject" text NOT NULL,
	"sequence" bigint NOT NULL,
	"audience" json NOT NULL,
	"data" json NOT NULL,
	"state" text NOT NULL,
	"reasons" json NOT NULL,
	"fingerprint" text NOT NULL,
	"receipt_id" text NOT NULL,
	"receipt_index" bigint NOT NULL,
	"token_id" text,
	"critical" boolean NOT NULL,
	"mark" text
);
--> statement-breakpoint
CREATE TABLE "feed" (
	"position" bigserial PRIMARY KEY NOT NULL,
	"tx" bigint NOT NULL,
	"account_id" text NOT NULL,
	"event_position" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "grants" (
	"id" text PRIMARY KEY NOT NULL,
	"env" text NOT NULL,
	"account_id" text NOT NULL,
	"user_id" text,
	"app_id" text,
	"partner_id" text,
	"scopes" json NOT NULL,
	"epochs" json NOT NULL,
	"since_event" bigint NOT NULL,
	"history" boolean NOT NULL,
	"created_at" bigint NOT NULL,
	"ended_at" bigint
);
--> statement-breakpoint
CREATE TABLE "idempotency" (
	"id" text PRIMARY KEY NOT NULL,
	"fingerprint" text NOT NULL,
	"receipt_id" text NOT NULL,
	"event_ids" json NOT NULL,
	"created_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "marks" (
	"name" text PRIMARY KEY NOT NULL,
	"value" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "members" (
	"id" text PRIMARY KEY NOT NULL,
	"account_id" text NOT NULL,
	"user_id" text NOT NULL,
	"role" text NOT NULL,
	"created_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "partners" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"created_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "receipts" (
	"position" bigserial PRIMARY KEY NOT NULL,
	"id" text NOT NULL,
	"token_id" text,
	"received_at" bigint NOT NULL,
	"body" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "revocations" (
	"id" text PRIMARY KEY NOT NULL,
	"level" text NOT NULL,
	"subject_id" text NOT NULL,
	"reason" text NOT NULL,
	"actor" text NOT NULL,
	"created_at" bigint NOT NULL,
	"completed_at" bigint,
	"cancelled" bigint NOT NULL,
	"last_sent_at" bigint
);
--> statement-breakpoint
CREATE TABLE "secrets" (
	"id" text PRIMARY KEY NOT NULL,
	"subscription_id" text NOT NULL,
	"sealed" text NOT NULL,
	"created_at" bigint NOT NULL,
	"expires_at" bigint
);
--> statement-breakpoint
CREATE TABLE "subjects" (
	"id" text PRIMARY KEY NOT NULL,
	"last_sequence" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "subscriptions" (
	"id" text PRIMARY KEY NOT NULL,
	"env" text NOT NULL,
	"owner" text NOT NULL,
	"account_id" text,
	"grant_id" text,
	"app_id" text,
	"partner_id" text,
	"token_id" text NOT NULL,
	"scopes" json NOT NULL,
	"epochs" json NOT NULL,
	"endpoint" json NOT NULL,
	"host" text NOT NULL,
	"event_types" json NOT NULL,
	"cities" json NOT NULL,
	"filter" json,
	"schema_version" bigint,
	"format" text NOT NULL,
	"signature" text NOT NULL,
	"ordering" text NOT NULL,
	"max_per_second" bigint NOT NULL,
	"description" text NOT NULL,
	"state" text NOT NULL,
	"state_reason" text,
	"public_key" text,
	"since_event" bigint NOT NULL,
	"proven_at" bigint,
	"failing_since" bigint,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL,
	"version" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "tasks" (
	"id" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"subject" text NOT NULL,
	"payload" json NOT NULL,
	"cursor" json,
	"state" text NOT NULL,
	"done" bigint NOT NULL,
	"due_at" bigint,
	"lease_id" text,
	"failures" bigint NOT NULL,
	"error" text,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "tokens" (
	"id" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"env" text NOT NULL,
	"hash" text NOT NULL,
	"pepper_version" bigint NOT NULL,
	"locator" text NOT NULL,
	"label" text NOT NULL,
	"account_id" text,
	"user_id" text,
	"grant_id" text,
	"app_id" text,
	"partner_id" text,
	"scopes" json NOT NULL,
	"epochs" json NOT NULL,
	"created_at" bigint NOT NULL,
	"expires_at" bigint,
	"revoked_at" bigint,
	"revoked_reason" text,
	"last_used_at" bigint
);
--> statement-breakpoint
CREATE TABLE "users" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"email" text,
	"created_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE INDEX "accounts_name" ON "accounts" USING btree ("name");--> statement-breakpoint
CREATE INDEX "attempts_delivery" ON "attempts" USING btree ("delivery_id");--> statement-breakpoint
CREATE INDEX "audit_subject" ON "audit" USING btree ("subject");--> statement-breakpoint
CREATE INDEX "audit_account" ON "audit" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "changes_version" ON "changes" USING btree ("version");--> statement-breakpoint
CREATE UNIQUE INDEX "deliveries_id" ON "deliveries" USING btree ("id");--> statement-breakpoint
CREATE UNIQUE INDEX "deliveries_event" ON "deliveries" USING btree ("event_position","subscription_id","grant_id");--> statement-breakpoint
CREATE INDEX "deliveries_due" ON "deliveries" USING btree ("subscription_id","due_at") WHERE due_at is not null;--> statement-breakpoint
CREATE INDEX "deliveries_subscription" ON "deliveries" USING btree ("subscription_id","position");--> statement-breakpoint
CREATE INDEX "deliveries_stopped" ON "deliveries" USING btree ("subscription_id","state","position") WHERE state in ('retrying', 'held', 'dead', 'cancelled');--> statement-breakpoint
CREATE INDEX "deliveries_line" ON "deliveries" USING btree ("subscription_id","line","sequence") WHERE line is not null;--> statement-breakpoint
CREATE INDEX "entities_event" ON "entities" USING btree ("event_position");--> statement-breakpoint
CREATE UNIQUE INDEX "events_id" ON "events" USING btree ("id");--> statement-breakpoint
CREATE INDEX "events_state" ON "events" USING btree ("state","position");--> statement-breakpoint
CREATE INDEX "feed_account" ON "feed" USING btree ("account_id","tx","position");--> statement-breakpoint
CREATE INDEX "grants_account" ON "grants" USING btree ("account_id","env");--> statement-breakpoint
CREATE INDEX "grants_app" ON "grants" USING btree ("app_id","env");--> statement-breakpoint
CREATE INDEX "grants_user" ON "grants" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "idempotency_created" ON "idempotency" USING btree ("created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "members_account_user" ON "members" USING btree ("account_id","user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "receipts_id" ON "receipts" USING btree ("id");--> statement-breakpoint
CREATE INDEX "secrets_subscription" ON "secrets" USING btree ("subscription_id");--> statement-breakpoint
CREATE INDEX "subscriptions_account" ON "subscriptions" USING btree ("account_id","id");--> statement-breakpoint
CREATE INDEX "subscriptions_app" ON "subscriptions" USING btree ("app_id","id");--> statement-breakpoint
CREATE INDEX "subscriptions_grant" ON "subscriptions" USING btree ("grant_id");--> statement-breakpoint
CREATE INDEX "subscriptions_token" ON "subscriptions" USING btree ("token_id");--> statement-breakpoint
CREATE INDEX "tasks_due" ON "tasks" USING btree ("due_at");--> statement-breakpoint
CREATE INDEX "tasks_subject" ON "tasks" USING btree ("subject");--> statement-breakpoint
CREATE UNIQUE INDEX "tokens_hash" ON "tokens" USING btree ("hash");--> statement-breakpoint
CREATE INDEX "tokens_grant" ON "tokens" USING btree ("grant_id");--> statement-breakpoint
CREATE INDEX "tokens_account" ON "tokens" USING btree ("account_id");