ALTER TABLE "tokens" ADD COLUMN "maker_id" text;--> statement-breakpoint
CREATE INDEX "tokens_maker" ON "tokens" USING btree ("maker_id") WHERE maker_id is not null;