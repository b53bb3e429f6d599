CREATE TABLE `room_keys` (
	`app_id` text DEFAULT 'default' NOT NULL,
	`key` text NOT NULL,
	`room_id` text NOT NULL,
	PRIMARY KEY(`app_id`, `key`)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `room_keys_by_room` ON `room_keys` (`room_id`);--> statement-breakpoint
ALTER TABLE `rooms` ADD `key` text;