ALTER TABLE `reviews` ADD `scopes` text;--> statement-breakpoint
ALTER TABLE `reviews` ADD `expires_at` integer;--> statement-breakpoint
ALTER TABLE `reviews` ADD `reference` text;