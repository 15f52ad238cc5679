ALTER TABLE "revocations" ADD COLUMN "last_delivery_id" text;--> statement-breakpoint
ALTER TABLE "revocations" ADD COLUMN "account_id" text;--> statement-breakpoint
ALTER TABLE "revocations" ADD COLUMN "note" text;--> statement-breakpoint
ALTER TABLE "revocations" ADD COLUMN "effect_ms" bigint;--> statement-breakpoint
ALTER TABLE "revocations" ADD COLUMN "tokens" bigint;--> statement-breakpoint
ALTER TABLE "revocations" ADD COLUMN "grants" bigint;--> statement-breakpoint
ALTER TABLE "revocations" ADD COLUMN "subscriptions" bigint;--> statement-breakpoint
ALTER TABLE "revocations" ADD COLUMN "sessions" bigint;--> statement-breakpoint
ALTER TABLE "subscriptions" ADD COLUMN "user_id" text;--> statement-breakpoint
CREATE INDEX "epochs_suspended" ON "epochs" USING btree ("suspended_at") WHERE suspended_at is not null;--> statement-breakpoint
CREATE INDEX "revocations_subject" ON "revocations" USING btree ("subject_id","id");--> statement-breakpoint
CREATE INDEX "revocations_account" ON "revocations" USING btree ("account_id","id");--> statement-breakpoint
CREATE INDEX "subscriptions_user" ON "subscriptions" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "tokens_partner" ON "tokens" USING btree ("partner_id");