CREATE TABLE `workers` (
	`id` text PRIMARY KEY NOT NULL,
	`slot` integer NOT NULL,
	`version` text NOT NULL,
	`started_at` integer NOT NULL,
	`seen_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `workers_slot` ON `workers` (`slot`);