ALTER TABLE "usage_days" ADD COLUMN "delivered" bigint;--> statement-breakpoint
ALTER TABLE "usage_days" ADD COLUMN "failed" bigint;