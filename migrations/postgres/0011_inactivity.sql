ALTER TABLE "grants" ADD COLUMN "last_used_at" bigint;--> statement-breakpoint
ALTER TABLE "grants" ADD COLUMN "warned_at" bigint;--> statement-breakpoint
ALTER TABLE "tokens" ADD COLUMN "last_delivered_at" bigint;--> statement-breakpoint
ALTER TABLE "tokens" ADD COLUMN "warned_at" bigint;