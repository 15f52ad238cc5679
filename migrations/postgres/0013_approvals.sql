CREATE TABLE "approval_rules" (
	"id" text PRIMARY KEY NOT NULL,
	"app_id" text,
	"scopes" json NOT NULL,
	"event_types" json NOT NULL,
	"note" text NOT NULL,
	"created_by" text NOT NULL,
	"created_at" bigint NOT NULL,
	"ended_at" bigint,
	"ended_by" text
);
--> statement-breakpoint
ALTER TABLE "subscriptions" ADD COLUMN "via" text;--> statement-breakpoint
ALTER TABLE "subscriptions" ADD COLUMN "approval" text;--> statement-breakpoint
ALTER TABLE "subscriptions" ADD COLUMN "approval_rule" text;--> statement-breakpoint
CREATE INDEX "subscriptions_approval" ON "subscriptions" USING btree ("approval","id") WHERE approval is not null;