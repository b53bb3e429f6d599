ALTER TABLE `memberships` ADD `notify` text;--> statement-breakpoint
ALTER TABLE `memberships` ADD `snoozed_until` integer;--> statement-breakpoint
ALTER TABLE `memberships` ADD `favourite` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `memberships` ADD `archived_t` integer;--> statement-breakpoint
CREATE INDEX `memberships_favourite` ON `memberships` (`user_id`,`room_id`) WHERE "memberships"."favourite" = 1;--> statement-breakpoint
CREATE INDEX `memberships_archived` ON `memberships` (`user_id`,`room_id`) WHERE "memberships"."archived_t" is not null;--> statement-breakpoint
ALTER TABLE `users` ADD `do_not_disturb_until` integer;