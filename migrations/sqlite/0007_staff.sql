CREATE TABLE `elevations` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`holder` text NOT NULL,
	`permissions` text NOT NULL,
	`reason` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`ended_at` integer
);
--> statement-breakpoint
CREATE INDEX `elevations_holder` ON `elevations` (`holder`,`id`);--> statement-breakpoint
CREATE TABLE `staff_roles` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`role` text NOT NULL,
	`granted_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`ended_at` integer,
	`ended_by` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `staff_roles_live` ON `staff_roles` (`user_id`,`role`) WHERE ended_at is null;--> statement-breakpoint
CREATE INDEX `accounts_lower_name` ON `accounts` (lower(name));--> statement-breakpoint
CREATE INDEX `apps_partner` ON `apps` (`partner_id`);--> statement-breakpoint
CREATE INDEX `apps_lower_name` ON `apps` (lower(name));--> statement-breakpoint
CREATE INDEX `audit_actor` ON `audit` (`actor`,`position`);--> statement-breakpoint
CREATE INDEX `grants_partner` ON `grants` (`partner_id`);--> statement-breakpoint
CREATE INDEX `members_user` ON `members` (`user_id`);--> statement-breakpoint
CREATE INDEX `partners_lower_name` ON `partners` (lower(name));--> statement-breakpoint
CREATE INDEX `refreshes_network` ON `refreshes` (`network`);--> statement-breakpoint
CREATE INDEX `subscriptions_host` ON `subscriptions` (`host`);--> statement-breakpoint
CREATE INDEX `tokens_user` ON `tokens` (`user_id`);--> statement-breakpoint
CREATE INDEX `tokens_app` ON `tokens` (`app_id`);--> statement-breakpoint
CREATE INDEX `users_lower_name` ON `users` (lower(name));--> statement-breakpoint
CREATE INDEX `users_lower_email` ON `users` (lower(email));