CREATE TABLE `thread_follows` (
	`user_id` text NOT NULL,
	`room_id` text NOT NULL,
	`root_seq` integer NOT NULL,
	`read_count` integer NOT NULL,
	`following` integer NOT NULL,
	`version` integer NOT NULL,
	PRIMARY KEY(`user_id`, `room_id`, `root_seq`)
);
--> statement-breakpoint
CREATE TABLE `threads` (
	`room_id` text NOT NULL,
	`root_seq` integer NOT NULL,
	`reply_count` integer NOT NULL,
	`last_reply_at` integer NOT NULL,
	PRIMARY KEY(`room_id`, `root_seq`)
);
