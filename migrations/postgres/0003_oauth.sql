CREATE TABLE "authorizations" (
	"id" text PRIMARY KEY NOT NULL,
	"state" text NOT NULL,
	"app_id" text NOT NULL,
	"env" text NOT NULL,
	"scopes" json NOT NULL,
	"redirect_uri" text,
	"client_state" text,
	"code_challenge" text,
	"dpop_jkt" text,
	"request_hash" text,
	"interaction_hash" text,
	"code_hash" text,
	"device_hash" text,
	"user_code_hash" text,
	"polled_at" bigint,
	"poll_every_ms" bigint,
	"user_id" text,
	"account_id" text,
	"grant_id" text,
	"granted" json,
	"epochs" json,
	"mark" text,
	"created_at" bigint NOT NULL,
	"expires_at" bigint NOT NULL,
	"decided_at" bigint,
	"redeemed_at" bigint
);
--> statement-breakpoint
CREATE TABLE "cases" (
	"id" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"subject" text NOT NULL,
	"evidence" json NOT NULL,
	"state" text NOT NULL,
	"created_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "clients" (
	"app_id" text PRIMARY KEY NOT NULL,
	"partner_id" text NOT NULL,
	"env" text NOT NULL,
	"kind" text NOT NULL,
	"auth_methods" json NOT NULL,
	"redirect_uris" json NOT NULL,
	"grant_types" json NOT NULL,
	"scopes" json NOT NULL,
	"jwks" json,
	"jwks_uri" text,
	"client_uri" text,
	"requires_push" boolean NOT NULL,
	"requires_dpop" boolean NOT NULL,
	"epochs" json NOT NULL,
	"created_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "refreshes" (
	"id" text PRIMARY KEY NOT NULL,
	"generation" bigint NOT NULL,
	"chain_ends_at" bigint,
	"network" text,
	"superseded_at" bigint,
	"successor_id" text,
	"sealed_answer" text
);
--> statement-breakpoint
CREATE TABLE "reviews" (
	"id" text PRIMARY KEY NOT NULL,
	"partner_id" text NOT NULL,
	"outcome" text NOT NULL,
	"reviewer" text NOT NULL,
	"note" text NOT NULL,
	"created_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "used_ids" (
	"id" text PRIMARY KEY NOT NULL,
	"expires_at" bigint NOT NULL
);
--> statement-breakpoint
ALTER TABLE "tokens" ADD COLUMN "dpop_jkt" text;--> statement-breakpoint
ALTER TABLE "tokens" ADD COLUMN "chain_id" text;--> statement-breakpoint
CREATE UNIQUE INDEX "authorizations_request" ON "authorizations" USING btree ("request_hash");--> statement-breakpoint
CREATE UNIQUE INDEX "authorizations_interaction" ON "authorizations" USING btree ("interaction_hash");--> statement-breakpoint
CREATE UNIQUE INDEX "authorizations_code" ON "authorizations" USING btree ("code_hash");--> statement-breakpoint
CREATE UNIQUE INDEX "authorizations_device" ON "authorizations" USING btree ("device_hash");--> statement-breakpoint
CREATE UNIQUE INDEX "authorizations_user_code" ON "authorizations" USING btree ("user_code_hash");--> statement-breakpoint
CREATE INDEX "authorizations_expires" ON "authorizations" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "cases_subject" ON "cases" USING btree ("subject");--> statement-breakpoint
CREATE INDEX "cases_state" ON "cases" USING btree ("state","id");--> statement-breakpoint
CREATE INDEX "reviews_partner" ON "reviews" USING btree ("partner_id","id");--> statement-breakpoint
CREATE INDEX "used_ids_expires" ON "used_ids" USING btree ("expires_at");