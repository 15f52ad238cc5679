ALTER TABLE `connection_refs` ADD `vendor_id` text;--> statement-breakpoint
CREATE INDEX `connection_refs_vendor` ON `connection_refs` (`connection_id`,`vendor_id`);