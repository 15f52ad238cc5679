ALTER TABLE "revocations" ADD COLUMN "credentials" bigint;--> statement-breakpoint
ALTER TABLE "revocations" ADD COLUMN "credentials_revoked" bigint;--> statement-breakpoint
ALTER TABLE "revocations" ADD COLUMN "credentials_shredded" bigint;