CREATE TABLE `call_leases` (
	`id` text PRIMARY KEY NOT NULL,
	`mark` text NOT NULL,
	`expires_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `usage_days` (
	`id` text PRIMARY KEY NOT NULL,
	`day` text NOT NULL,
	`holder` text NOT NULL,
	`reads` integer NOT NULL,
	`writes` integer NOT NULL,
	`creates` integer NOT NULL,
	`units` integer NOT NULL,
	`refused` integer NOT NULL,
	`theirs` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `usage_days_day` ON `usage_days` (`day`);