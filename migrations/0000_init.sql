CREATE TABLE `memberships` (
	`user_id` text NOT NULL,
	`room_id` text NOT NULL,
	`version` integer NOT NULL,
	`role` text NOT NULL,
	`joined_at` integer NOT NULL,
	`left_at` integer,
	`muted_until` integer,
	`read_seq` integer NOT NULL,
	`read_n` integer NOT NULL,
	`sent_count` integer NOT NULL,
	`visited_at` integer NOT NULL,
	`mentions` integer DEFAULT 0 NOT NULL,
	`read_room_mentions` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`user_id`, `room_id`)
);
--> statement-breakpoint
CREATE INDEX `memberships_by_room` ON `memberships` (`room_id`);--> statement-breakpoint
CREATE TABLE `mentions` (
	`user_id` text NOT NULL,
	`at` integer NOT NULL,
	`room_id` text NOT NULL,
	`seq` integer NOT NULL,
	PRIMARY KEY(`user_id`, `at`, `room_id`, `seq`)
);
--> statement-breakpoint
CREATE TABLE `reserved_usernames` (
	`hash` text PRIMARY KEY NOT NULL
);
--> statement-breakpoint
CREATE TABLE `rooms` (
	`id` text PRIMARY KEY NOT NULL,
	`version` integer NOT NULL,
	`kind` text NOT NULL,
	`access` text NOT NULL,
	`listed` integer NOT NULL,
	`receipts` text NOT NULL,
	`has_password` integer NOT NULL,
	`slow_mode_seconds` integer NOT NULL,
	`frozen` integer NOT NULL,
	`plain_files` integer NOT NULL,
	`name` text,
	`name_key` text,
	`topic` text,
	`avatar` text,
	`created_at` integer NOT NULL,
	`seq` integer NOT NULL,
	`n` integer NOT NULL,
	`member_count` integer NOT NULL,
	`last_message` text,
	`last_message_at` integer NOT NULL,
	`deleted_at` integer,
	`room_mentions` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE INDEX `rooms_by_activity` ON `rooms` (`last_message_at`,`id`) WHERE "rooms"."listed" = 1 and "rooms"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX `rooms_by_members` ON `rooms` (`member_count`,`id`) WHERE "rooms"."listed" = 1 and "rooms"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX `rooms_by_messages` ON `rooms` (`n`,`id`) WHERE "rooms"."listed" = 1 and "rooms"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX `rooms_by_name` ON `rooms` (`name_key`,`id`) WHERE "rooms"."listed" = 1 and "rooms"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX `rooms_by_age` ON `rooms` (`created_at`,`id`) WHERE "rooms"."listed" = 1 and "rooms"."deleted_at" is null;--> statement-breakpoint
CREATE TABLE `sessions` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`name` text NOT NULL,
	`generation` integer DEFAULT 0 NOT NULL,
	`rotated_at` integer NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `sessions_by_user` ON `sessions` (`user_id`,`id`);--> statement-breakpoint
CREATE TABLE `ties` (
	`from_id` text NOT NULL,
	`kind` text NOT NULL,
	`to_id` text NOT NULL,
	`at` integer NOT NULL,
	`hidden` integer DEFAULT false NOT NULL,
	PRIMARY KEY(`from_id`, `kind`, `to_id`),
	FOREIGN KEY (`from_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`to_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `ties_out` ON `ties` (`from_id`,`kind`,`at`,`to_id`);--> statement-breakpoint
CREATE INDEX `ties_in` ON `ties` (`to_id`,`kind`,`hidden`,`at`,`from_id`);--> statement-breakpoint
CREATE TABLE `users` (
	`id` text PRIMARY KEY NOT NULL,
	`username` text,
	`display_name` text NOT NULL,
	`folded_name` text NOT NULL,
	`bio` text,
	`avatar` text,
	`email` text,
	`password_hash` text,
	`role` text DEFAULT 'user' NOT NULL,
	`profile_version` integer DEFAULT 1 NOT NULL,
	`spread_version` integer DEFAULT 1 NOT NULL,
	`message_policy` text DEFAULT 'connections' NOT NULL,
	`add_policy` text DEFAULT 'connections' NOT NULL,
	`contacts_version` integer DEFAULT 1 NOT NULL,
	`contacts_spread` integer DEFAULT 1 NOT NULL,
	`uploaded_day` integer DEFAULT 0 NOT NULL,
	`uploaded_bytes` integer DEFAULT 0 NOT NULL,
	`suspended_until` integer,
	`suspension_reason` text,
	`created_at` integer NOT NULL,
	`deleted_at` integer,
	`erased` integer DEFAULT false NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `users_by_username` ON `users` (`username`);--> statement-breakpoint
CREATE UNIQUE INDEX `users_by_email` ON `users` (`email`);--> statement-breakpoint
CREATE INDEX `users_by_display_name` ON `users` (`folded_name`,`id`) WHERE substr("users"."username", 1, length("users"."folded_name")) <> "users"."folded_name";--> statement-breakpoint
CREATE INDEX `users_admins` ON `users` (`id`) WHERE "users"."role" = 'admin';--> statement-breakpoint
CREATE INDEX `users_to_spread` ON `users` (`id`) WHERE ("users"."spread_version" < "users"."profile_version" or "users"."contacts_spread" < "users"."contacts_version");