CREATE TABLE "elevations" (
	"id" text PRIMARY KEY NOT NULL,
	"user_id" text NOT NULL,
	"holder" text NOT NULL,
	"permissions" json NOT NULL,
	"reason" text NOT NULL,
	"created_at" bigint NOT NULL,
	"expires_at" bigint NOT NULL,
	"ended_at" bigint
);
--> statement-breakpoint
CREATE TABLE "staff_roles" (
	"id" text PRIMARY KEY NOT NULL,
	"user_id" text NOT NULL,
	"role" text NOT NULL,
	"granted_by" text NOT NULL,
	"created_at" bigint NOT NULL,
	"ended_at" bigint,
	"ended_by" text
);
--> statement-breakpoint
CREATE INDEX "elevations_holder" ON "elevations" USING btree ("holder","id");--> statement-breakpoint
CREATE UNIQUE INDEX "staff_roles_live" ON "staff_roles" USING btree ("user_id","role") WHERE ended_at is null;--> statement-breakpoint
CREATE INDEX "accounts_lower_name" ON "accounts" USING btree (lower(name));--> statement-breakpoint
CREATE INDEX "apps_partner" ON "apps" USING btree ("partner_id");--> statement-breakpoint
CREATE INDEX "apps_lower_name" ON "apps" USING btree (lower(name));--> statement-breakpoint
CREATE INDEX "audit_actor" ON "audit" USING btree ("actor","position");--> statement-breakpoint
CREATE INDEX "grants_partner" ON "grants" USING btree ("partner_id");--> statement-breakpoint
CREATE INDEX "members_user" ON "members" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "partners_lower_name" ON "partners" USING btree (lower(name));--> statement-breakpoint
CREATE INDEX "refreshes_network" ON "refreshes" USING btree ("network");--> statement-breakpoint
CREATE INDEX "subscriptions_host" ON "subscriptions" USING btree ("host");--> statement-breakpoint
CREATE INDEX "tokens_user" ON "tokens" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "tokens_app" ON "tokens" USING btree ("app_id");--> statement-breakpoint
CREATE INDEX "users_lower_name" ON "users" USING btree (lower(name));--> statement-breakpoint
CREATE INDEX "users_lower_email" ON "users" USING btree (lower(email));