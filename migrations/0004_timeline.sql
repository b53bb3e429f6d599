ALTER TABLE `memberships` ADD `read_t` integer;--> statement-breakpoint
ALTER TABLE `rooms` ADD `t` integer;