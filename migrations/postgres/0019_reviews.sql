ALTER TABLE "reviews" ADD COLUMN "scopes" json;--> statement-breakpoint
ALTER TABLE "reviews" ADD COLUMN "expires_at" bigint;--> statement-breakpoint
ALTER TABLE "reviews" ADD COLUMN "reference" text;