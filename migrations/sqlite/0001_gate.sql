ALTER TABLE `epochs` ADD `version` integer;--> statement-breakpoint
CREATE INDEX `epochs_version` ON `epochs` (`version`);