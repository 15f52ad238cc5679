CREATE TABLE `accounts` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`actor` text,
	`name` text NOT NULL,
	`country` text NOT NULL,
	`city` text,
	`time_zone` text NOT NULL,
	`status` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `accounts_name` ON `accounts` (`name`);--> statement-breakpoint
CREATE TABLE `apps` (
	`id` text PRIMARY KEY NOT NULL,
	`partner_id` text NOT NULL,
	`name` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `attempts` (
	`position` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`delivery_id` text NOT NULL,
	`number` integer NOT NULL,
	`started_at` integer NOT NULL,
	`duration_ms` integer NOT NULL,
	`outcome` text NOT NULL,
	`status` integer,
	`stage` text NOT NULL,
	`detail` text NOT NULL,
	`answer` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `attempts_delivery` ON `attempts` (`delivery_id`);--> statement-breakpoint
CREATE TABLE `audit` (
	`position` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`at` integer NOT NULL,
	`actor` text NOT NULL,
	`action` text NOT NULL,
	`subject` text NOT NULL,
	`account_id` text,
	`request_id` text,
	`detail` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `audit_subject` ON `audit` (`subject`);--> statement-breakpoint
CREATE INDEX `audit_account` ON `audit` (`account_id`);--> statement-breakpoint
CREATE TABLE `changes` (
	`position` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`version` integer NOT NULL,
	`account_id` text,
	`subscription_id` text
);
--> statement-breakpoint
CREATE INDEX `changes_version` ON `changes` (`version`);--> statement-breakpoint
CREATE TABLE `deliveries` (
	`position` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`env` text NOT NULL,
	`event_position` integer NOT NULL,
	`subscription_id` text NOT NULL,
	`grant_id` text NOT NULL,
	`account_id` text NOT NULL,
	`state` text NOT NULL,
	`reason` text NOT NULL,
	`due_at` integer,
	`attempts` integer NOT NULL,
	`tries` integer NOT NULL,
	`lease_id` text,
	`mark` text,
	`critical` integer NOT NULL,
	`line` text,
	`sequence` integer NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `deliveries_id` ON `deliveries` (`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `deliveries_event` ON `deliveries` (`event_position`,`subscription_id`,`grant_id`);--> statement-breakpoint
CREATE INDEX `deliveries_due` ON `deliveries` (`subscription_id`,`due_at`) WHERE due_at is not null;--> statement-breakpoint
CREATE INDEX `deliveries_subscription` ON `deliveries` (`subscription_id`,`position`);--> statement-breakpoint
CREATE INDEX `deliveries_stopped` ON `deliveries` (`subscription_id`,`state`,`position`) WHERE state in ('retrying', 'held', 'dead', 'cancelled');--> statement-breakpoint
CREATE INDEX `deliveries_line` ON `deliveries` (`subscription_id`,`line`,`sequence`) WHERE line is not null;--> statement-breakpoint
CREATE TABLE `entities` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`entity_id` text NOT NULL,
	`sequence` integer NOT NULL,
	`event_position` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `entities_event` ON `entities` (`event_position`);--> statement-breakpoint
CREATE TABLE `entity_accounts` (
	`id` text PRIMARY KEY NOT NULL,
	`entity` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `epochs` (
	`id` text PRIMARY KEY NOT NULL,
	`level` text NOT NULL,
	`subject_id` text NOT NULL,
	`value` integer NOT NULL,
	`suspended_at` integer,
	`reason` text,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `events` (
	`position` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`env` text NOT NULL,
	`type` text NOT NULL,
	`schema_version` integer NOT NULL,
	`stream` text NOT NULL,
	`occurred_at` integer NOT NULL,
	`accepted_at` integer NOT NULL,
	`city` text,
	`subject` text NOT NULL,
	`sequence` integer NOT NULL,
	`audience` text NOT NULL,
	`data` text NOT NULL,
	`state` text NOT NULL,
	`reasons` text NOT NULL,
	`fingerprint` text NOT NULL,
	`receipt_id` text NOT NULL,
	`receipt_index` integer NOT NULL,
	`token_id` text,
	`critical` integer NOT NULL,
	`mark` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `events_id` ON `events` (`id`);--> statement-breakpoint
CREATE INDEX `events_state` ON `events` (`state`,`position`);--> statement-breakpoint
CREATE TABLE `feed` (
	`position` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`tx` integer NOT NULL,
	`account_id` text NOT NULL,
	`event_position` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `feed_account` ON `feed` (`account_id`,`tx`,`position`);--> statement-breakpoint
CREATE TABLE `grants` (
	`id` text PRIMARY KEY NOT NULL,
	`env` text NOT NULL,
	`account_id` text NOT NULL,
	`user_id` text,
	`app_id` text,
	`partner_id` text,
	`scopes` text NOT NULL,
	`epochs` text NOT NULL,
	`since_event` integer NOT NULL,
	`history` integer NOT NULL,
	`created_at` integer NOT NULL,
	`ended_at` integer
);
--> statement-breakpoint
CREATE INDEX `grants_account` ON `grants` (`account_id`,`env`);--> statement-breakpoint
CREATE INDEX `grants_app` ON `grants` (`app_id`,`env`);--> statement-breakpoint
CREATE INDEX `grants_user` ON `grants` (`user_id`);--> statement-breakpoint
CREATE TABLE `idempotency` (
	`id` text PRIMARY KEY NOT NULL,
	`fingerprint` text NOT NULL,
	`receipt_id` text NOT NULL,
	`event_ids` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `idempotency_created` ON `idempotency` (`created_at`);--> statement-breakpoint
CREATE TABLE `marks` (
	`name` text PRIMARY KEY NOT NULL,
	`value` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `members` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`user_id` text NOT NULL,
	`role` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `members_account_user` ON `members` (`account_id`,`user_id`);--> statement-breakpoint
CREATE TABLE `partners` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `receipts` (
	`position` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`token_id` text,
	`received_at` integer NOT NULL,
	`body` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `receipts_id` ON `receipts` (`id`);--> statement-breakpoint
CREATE TABLE `revocations` (
	`id` text PRIMARY KEY NOT NULL,
	`level` text NOT NULL,
	`subject_id` text NOT NULL,
	`reason` text NOT NULL,
	`actor` text NOT NULL,
	`created_at` integer NOT NULL,
	`completed_at` integer,
	`cancelled` integer NOT NULL,
	`last_sent_at` integer
);
--> statement-breakpoint
CREATE TABLE `secrets` (
	`id` text PRIMARY KEY NOT NULL,
	`subscription_id` text NOT NULL,
	`sealed` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer
);
--> statement-breakpoint
CREATE INDEX `secrets_subscription` ON `secrets` (`subscription_id`);--> statement-breakpoint
CREATE TABLE `subjects` (
	`id` text PRIMARY KEY NOT NULL,
	`last_sequence` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `subscriptions` (
	`id` text PRIMARY KEY NOT NULL,
	`env` text NOT NULL,
	`owner` text NOT NULL,
	`account_id` text,
	`grant_id` text,
	`app_id` text,
	`partner_id` text,
	`token_id` text NOT NULL,
	`scopes` text NOT NULL,
	`epochs` text NOT NULL,
	`endpoint` text NOT NULL,
	`host` text NOT NULL,
	`event_types` text NOT NULL,
	`cities` text NOT NULL,
	`filter` text,
	`schema_version` integer,
	`format` text NOT NULL,
	`signature` text NOT NULL,
	`ordering` text NOT NULL,
	`max_per_second` integer NOT NULL,
	`description` text NOT NULL,
	`state` text NOT NULL,
	`state_reason` text,
	`public_key` text,
	`since_event` integer NOT NULL,
	`proven_at` integer,
	`failing_since` integer,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`version` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `subscriptions_account` ON `subscriptions` (`account_id`,`id`);--> statement-breakpoint
CREATE INDEX `subscriptions_app` ON `subscriptions` (`app_id`,`id`);--> statement-breakpoint
CREATE INDEX `subscriptions_grant` ON `subscriptions` (`grant_id`);--> statement-breakpoint
CREATE INDEX `subscriptions_token` ON `subscriptions` (`token_id`);--> statement-breakpoint
CREATE TABLE `tasks` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`subject` text NOT NULL,
	`payload` text NOT NULL,
	`cursor` text,
	`state` text NOT NULL,
	`done` integer NOT NULL,
	`due_at` integer,
	`lease_id` text,
	`failures` integer NOT NULL,
	`error` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `tasks_due` ON `tasks` (`due_at`);--> statement-breakpoint
CREATE INDEX `tasks_subject` ON `tasks` (`subject`);--> statement-breakpoint
CREATE TABLE `tokens` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`env` text NOT NULL,
	`hash` text NOT NULL,
	`pepper_version` integer NOT NULL,
	`locator` text NOT NULL,
	`label` text NOT NULL,
	`account_id` text,
	`user_id` text,
	`grant_id` text,
	`app_id` text,
	`partner_id` text,
	`scopes` text NOT NULL,
	`epochs` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer,
	`revoked_at` integer,
	`revoked_reason` text,
	`last_used_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `tokens_hash` ON `tokens` (`hash`);--> statement-breakpoint
CREATE INDEX `tokens_grant` ON `tokens` (`grant_id`);--> statement-breakpoint
CREATE INDEX `tokens_account` ON `tokens` (`account_id`);--> statement-breakpoint
CREATE TABLE `users` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`email` text,
	`created_at` integer NOT NULL
);
