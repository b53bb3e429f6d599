ALTER TABLE `identities` ADD `picture_hash` text;--> statement-breakpoint
ALTER TABLE `identities` ADD `picture_avatar` text;--> statement-breakpoint
ALTER TABLE `identities` ADD `picture_tried_at` integer;