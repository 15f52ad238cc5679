CREATE TABLE `blocks` (
	`id` text PRIMARY KEY NOT NULL,
	`since` integer NOT NULL,
	`until` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `blocks_until` ON `blocks` (`until`);--> statement-breakpoint
ALTER TABLE `accounts` ADD `plan` text;--> statement-breakpoint
ALTER TABLE `partners` ADD `plan` text;