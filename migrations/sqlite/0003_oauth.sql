CREATE TABLE `authorizations` (
	`id` text PRIMARY KEY NOT NULL,
	`state` text NOT NULL,
	`app_id` text NOT NULL,
	`env` text NOT NULL,
	`scopes` text NOT NULL,
	`redirect_uri` text,
	`client_state` text,
	`code_challenge` text,
	`dpop_jkt` text,
	`request_hash` text,
	`interaction_hash` text,
	`code_hash` text,
	`device_hash` text,
	`user_code_hash` text,
	`polled_at` integer,
	`poll_every_ms` integer,
	`user_id` text,
	`account_id` text,
	`grant_id` text,
	`granted` text,
	`epochs` text,
	`mark` text,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`decided_at` integer,
	`redeemed_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `authorizations_request` ON `authorizations` (`request_hash`);--> statement-breakpoint
CREATE UNIQUE INDEX `authorizations_interaction` ON `authorizations` (`interaction_hash`);--> statement-breakpoint
CREATE UNIQUE INDEX `authorizations_code` ON `authorizations` (`code_hash`);--> statement-breakpoint
CREATE UNIQUE INDEX `authorizations_device` ON `authorizations` (`device_hash`);--> statement-breakpoint
CREATE UNIQUE INDEX `authorizations_user_code` ON `authorizations` (`user_code_hash`);--> statement-breakpoint
CREATE INDEX `authorizations_expires` ON `authorizations` (`expires_at`);--> statement-breakpoint
CREATE TABLE `cases` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`subject` text NOT NULL,
	`evidence` text NOT NULL,
	`state` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `cases_subject` ON `cases` (`subject`);--> statement-breakpoint
CREATE INDEX `cases_state` ON `cases` (`state`,`id`);--> statement-breakpoint
CREATE TABLE `clients` (
	`app_id` text PRIMARY KEY NOT NULL,
	`partner_id` text NOT NULL,
	`env` text NOT NULL,
	`kind` text NOT NULL,
	`auth_methods` text NOT NULL,
	`redirect_uris` text NOT NULL,
	`grant_types` text NOT NULL,
	`scopes` text NOT NULL,
	`jwks` text,
	`jwks_uri` text,
	`client_uri` text,
	`requires_push` integer NOT NULL,
	`requires_dpop` integer NOT NULL,
	`epochs` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `refreshes` (
	`id` text PRIMARY KEY NOT NULL,
	`generation` integer NOT NULL,
	`chain_ends_at` integer,
	`network` text,
	`superseded_at` integer,
	`successor_id` text,
	`sealed_answer` text
);
--> statement-breakpoint
CREATE TABLE `reviews` (
	`id` text PRIMARY KEY NOT NULL,
	`partner_id` text NOT NULL,
	`outcome` text NOT NULL,
	`reviewer` text NOT NULL,
	`note` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `reviews_partner` ON `reviews` (`partner_id`,`id`);--> statement-breakpoint
CREATE TABLE `used_ids` (
	`id` text PRIMARY KEY NOT NULL,
	`expires_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `used_ids_expires` ON `used_ids` (`expires_at`);--> statement-breakpoint
ALTER TABLE `tokens` ADD `dpop_jkt` text;--> statement-breakpoint
ALTER TABLE `tokens` ADD `chain_id` text;