CREATE TABLE `approval_rules` (
	`id` text PRIMARY KEY NOT NULL,
	`app_id` text,
	`scopes` text NOT NULL,
	`event_types` text NOT NULL,
	`note` text NOT NULL,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`ended_at` integer,
	`ended_by` text
);
--> statement-breakpoint
ALTER TABLE `subscriptions` ADD `via` text;--> statement-breakpoint
ALTER TABLE `subscriptions` ADD `approval` text;--> statement-breakpoint
ALTER TABLE `subscriptions` ADD `approval_rule` text;--> statement-breakpoint
CREATE INDEX `subscriptions_approval` ON `subscriptions` (`approval`,`id`) WHERE approval is not null;