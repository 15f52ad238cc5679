ALTER TABLE `usage_days` ADD `delivered` integer;--> statement-breakpoint
ALTER TABLE `usage_days` ADD `failed` integer;