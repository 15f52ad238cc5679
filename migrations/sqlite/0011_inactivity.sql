ALTER TABLE `grants` ADD `last_used_at` integer;--> statement-breakpoint
ALTER TABLE `grants` ADD `warned_at` integer;--> statement-breakpoint
ALTER TABLE `tokens` ADD `last_delivered_at` integer;--> statement-breakpoint
ALTER TABLE `tokens` ADD `warned_at` integer;