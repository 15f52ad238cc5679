ALTER TABLE `tokens` ADD `maker_id` text;--> statement-breakpoint
CREATE INDEX `tokens_maker` ON `tokens` (`maker_id`) WHERE maker_id is not null;