CREATE TABLE `connect_states` (
	`id` text PRIMARY KEY NOT NULL,
	`connection_id` text NOT NULL,
	`user_id` text,
	`verifier` text NOT NULL,
	`tier` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `connect_states_expires` ON `connect_states` (`expires_at`);--> statement-breakpoint
CREATE TABLE `connection_calls` (
	`position` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`connection_id` text NOT NULL,
	`at` integer NOT NULL,
	`purpose` text NOT NULL,
	`method` text NOT NULL,
	`address` text NOT NULL,
	`status` integer,
	`outcome` text NOT NULL,
	`duration_ms` integer NOT NULL,
	`delivery_id` text
);
--> statement-breakpoint
CREATE INDEX `connection_calls_connection` ON `connection_calls` (`connection_id`,`position`);--> statement-breakpoint
CREATE TABLE `connection_refs` (
	`id` text PRIMARY KEY NOT NULL,
	`connection_id` text NOT NULL,
	`key` text NOT NULL,
	`kind` text NOT NULL,
	`seq` integer NOT NULL,
	`state` text NOT NULL,
	`ref` text,
	`note` text,
	`event_id` text NOT NULL,
	`holder` text,
	`held_until` integer,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `connection_refs_connection` ON `connection_refs` (`connection_id`,`id`);--> statement-breakpoint
CREATE TABLE `connections` (
	`id` text PRIMARY KEY NOT NULL,
	`env` text NOT NULL,
	`connector` text NOT NULL,
	`account_id` text NOT NULL,
	`grant_id` text NOT NULL,
	`token_id` text NOT NULL,
	`user_id` text,
	`app_id` text,
	`partner_id` text,
	`epochs` text NOT NULL,
	`tier` text NOT NULL,
	`scopes` text NOT NULL,
	`state` text NOT NULL,
	`state_reason` text,
	`vendor_account` text NOT NULL,
	`label` text NOT NULL,
	`facts` text NOT NULL,
	`is_set_up` integer NOT NULL,
	`intents` text NOT NULL,
	`refresh_lease` text,
	`refresh_until` integer,
	`muted_until` integer,
	`sync_cursor` text,
	`checked_at` integer,
	`due_at` integer,
	`failures` integer NOT NULL,
	`last_used_at` integer,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`revoked_at` integer,
	`version` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `connections_account` ON `connections` (`account_id`,`id`);--> statement-breakpoint
CREATE INDEX `connections_vendor` ON `connections` (`connector`,`vendor_account`);--> statement-breakpoint
CREATE INDEX `connections_grant` ON `connections` (`grant_id`);--> statement-breakpoint
CREATE INDEX `connections_token` ON `connections` (`token_id`);--> statement-breakpoint
CREATE INDEX `connections_user` ON `connections` (`user_id`);--> statement-breakpoint
CREATE INDEX `connections_app` ON `connections` (`app_id`);--> statement-breakpoint
CREATE INDEX `connections_partner` ON `connections` (`partner_id`);--> statement-breakpoint
CREATE INDEX `connections_due` ON `connections` (`due_at`) WHERE due_at is not null;--> statement-breakpoint
CREATE TABLE `credentials` (
	`id` text PRIMARY KEY NOT NULL,
	`sealed` text NOT NULL,
	`version` integer NOT NULL,
	`expires_at` integer,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `inbox` (
	`id` text PRIMARY KEY NOT NULL,
	`at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `inbox_at` ON `inbox` (`at`);--> statement-breakpoint
ALTER TABLE `revocations` ADD `credentials` integer;--> statement-breakpoint
ALTER TABLE `revocations` ADD `credentials_revoked` integer;--> statement-breakpoint
ALTER TABLE `revocations` ADD `credentials_shredded` integer;