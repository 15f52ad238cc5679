ALTER TABLE "connection_refs" ADD COLUMN "vendor_id" text;--> statement-breakpoint
CREATE INDEX "connection_refs_vendor" ON "connection_refs" USING btree ("connection_id","vendor_id");