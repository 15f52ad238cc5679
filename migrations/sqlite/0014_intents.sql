CREATE TABLE `broadcast_paces` (
	`id` text PRIMARY KEY NOT NULL,
	`arrival_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `broadcast_paces_arrival` ON `broadcast_paces` (`arrival_at`);--> statement-breakpoint
CREATE TABLE `broadcast_places` (
	`id` text PRIMARY KEY NOT NULL,
	`rfp` text NOT NULL,
	`recipient` text NOT NULL,
	`event_position` integer NOT NULL,
	`due_at` integer,
	`mark` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `broadcast_places_rfp` ON `broadcast_places` (`rfp`);--> statement-breakpoint
CREATE INDEX `broadcast_places_mark` ON `broadcast_places` (`mark`);--> statement-breakpoint
CREATE INDEX `broadcast_places_created` ON `broadcast_places` (`created_at`);--> statement-breakpoint
CREATE TABLE `intent_feed` (
	`position` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`tx` integer NOT NULL,
	`intent_id` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `intent_feed_place` ON `intent_feed` (`tx`,`position`);--> statement-breakpoint
CREATE UNIQUE INDEX `intent_feed_intent` ON `intent_feed` (`intent_id`);--> statement-breakpoint
CREATE TABLE `intent_sources` (
	`id` text PRIMARY KEY NOT NULL,
	`source` text NOT NULL,
	`kind` text NOT NULL,
	`state` text NOT NULL,
	`note` text NOT NULL,
	`decided_by` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `intents` (
	`id` text PRIMARY KEY NOT NULL,
	`env` text NOT NULL,
	`kind` text NOT NULL,
	`source` text NOT NULL,
	`connection_id` text,
	`account_id` text,
	`user_id` text,
	`grant_id` text,
	`app_id` text,
	`partner_id` text,
	`external_ref` text NOT NULL,
	`ref_key` text NOT NULL,
	`idempotency_key` text,
	`fingerprint` text NOT NULL,
	`data` text NOT NULL,
	`state` text NOT NULL,
	`result` text,
	`result_subject` text,
	`reason` text,
	`mark` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`opened_at` integer,
	`expires_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `intents_ref` ON `intents` (`ref_key`);--> statement-breakpoint
CREATE UNIQUE INDEX `intents_idempotency` ON `intents` (`idempotency_key`);--> statement-breakpoint
CREATE INDEX `intents_account` ON `intents` (`account_id`,`id`);--> statement-breakpoint
CREATE INDEX `intents_app` ON `intents` (`app_id`,`id`);--> statement-breakpoint
CREATE INDEX `intents_source` ON `intents` (`source`,`kind`,`state`);--> statement-breakpoint
CREATE INDEX `intents_waiting` ON `intents` (`state`,`id`) WHERE state in ('pending_review', 'open');--> statement-breakpoint
CREATE INDEX `intents_updated` ON `intents` (`updated_at`);