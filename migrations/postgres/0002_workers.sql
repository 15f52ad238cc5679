CREATE TABLE "workers" (
	"slot" bigint PRIMARY KEY NOT NULL,
	"id" text NOT NULL,
	"version" text NOT NULL,
	"started_at" bigint NOT NULL,
	"seen_at" bigint NOT NULL
);
