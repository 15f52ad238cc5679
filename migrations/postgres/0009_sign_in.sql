CREATE TABLE "claimed_members" (
	"id" text PRIMARY KEY NOT NULL,
	"issuer" text NOT NULL,
	"user_id" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "identities" (
	"id" text PRIMARY KEY NOT NULL,
	"issuer" text NOT NULL,
	"subject" text NOT NULL,
	"user_id" text NOT NULL,
	"created_at" bigint NOT NULL,
	"last_sign_in_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "session_origins" (
	"id" text PRIMARY KEY NOT NULL,
	"identity_id" text NOT NULL,
	"issuer" text NOT NULL,
	"sid" text,
	"authenticated_at" bigint NOT NULL,
	"expires_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE INDEX "claimed_members_user" ON "claimed_members" USING btree ("user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "identities_user" ON "identities" USING btree ("user_id","issuer");--> statement-breakpoint
CREATE INDEX "session_origins_identity" ON "session_origins" USING btree ("identity_id");--> statement-breakpoint
CREATE INDEX "session_origins_sid" ON "session_origins" USING btree ("sid");--> statement-breakpoint
CREATE INDEX "session_origins_expires" ON "session_origins" USING btree ("expires_at");