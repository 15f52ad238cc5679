ALTER TABLE `revocations` ADD `credentials` integer;--> statement-breakpoint
ALTER TABLE `revocations` ADD `credentials_revoked` integer;--> statement-breakpoint
ALTER TABLE `revocations` ADD `credentials_shredded` integer;