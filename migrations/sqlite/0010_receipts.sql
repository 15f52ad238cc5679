ALTER TABLE `revocations` ADD `last_delivery_id` text;--> statement-breakpoint
ALTER TABLE `revocations` ADD `account_id` text;--> statement-breakpoint
ALTER TABLE `revocations` ADD `note` text;--> statement-breakpoint
ALTER TABLE `revocations` ADD `effect_ms` integer;--> statement-breakpoint
ALTER TABLE `revocations` ADD `tokens` integer;--> statement-breakpoint
ALTER TABLE `revocations` ADD `grants` integer;--> statement-breakpoint
ALTER TABLE `revocations` ADD `subscriptions` integer;--> statement-breakpoint
ALTER TABLE `revocations` ADD `sessions` integer;--> statement-breakpoint
CREATE INDEX `revocations_subject` ON `revocations` (`subject_id`,`id`);--> statement-breakpoint
CREATE INDEX `revocations_account` ON `revocations` (`account_id`,`id`);--> statement-breakpoint
ALTER TABLE `subscriptions` ADD `user_id` text;--> statement-breakpoint
CREATE INDEX `subscriptions_user` ON `subscriptions` (`user_id`);--> statement-breakpoint
CREATE INDEX `epochs_suspended` ON `epochs` (`suspended_at`) WHERE suspended_at is not null;--> statement-breakpoint
CREATE INDEX `tokens_partner` ON `tokens` (`partner_id`);