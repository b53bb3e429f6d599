CREATE TABLE `direct_rooms` (
	`low` text NOT NULL,
	`high` text NOT NULL,
	`room_id` text NOT NULL,
	PRIMARY KEY(`low`, `high`)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `direct_rooms_by_room` ON `direct_rooms` (`room_id`);--> statement-breakpoint
CREATE TABLE `released_usernames` (
	`app_id` text DEFAULT 'default' NOT NULL,
	`hash` text NOT NULL,
	`user_id` text NOT NULL,
	`until` integer NOT NULL,
	PRIMARY KEY(`app_id`, `hash`)
);
--> statement-breakpoint
CREATE INDEX `released_usernames_by_end` ON `released_usernames` (`until`);--> statement-breakpoint
CREATE TABLE `site_audit` (
	`id` text PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`actor_id` text NOT NULL,
	`action` text NOT NULL,
	`user_id` text,
	`room_id` text,
	`reason` text,
	`detail` text
);
--> statement-breakpoint
CREATE INDEX `site_audit_by_user` ON `site_audit` (`user_id`,`id`);--> statement-breakpoint
DROP INDEX `users_by_username`;--> statement-breakpoint
DROP INDEX `users_by_email`;--> statement-breakpoint
ALTER TABLE `users` ADD `app_id` text DEFAULT 'default' NOT NULL;--> statement-breakpoint
ALTER TABLE `users` ADD `username_skeleton` text;--> statement-breakpoint
ALTER TABLE `users` ADD `email_claimed_at` integer;--> statement-breakpoint
ALTER TABLE `users` ADD `failed_logins` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `users` ADD `failed_login_at` integer;--> statement-breakpoint
CREATE UNIQUE INDEX `users_by_skeleton` ON `users` (`app_id`,`username_skeleton`);--> statement-breakpoint
CREATE UNIQUE INDEX `users_by_username` ON `users` (`app_id`,`username`);--> statement-breakpoint
CREATE INDEX `users_by_email` ON `users` (`app_id`,`email`,`email_claimed_at`,`id`);--> statement-breakpoint
ALTER TABLE `sessions` ADD `proven_at` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `sessions` ADD `methods` text DEFAULT 'password' NOT NULL;--> statement-breakpoint
UPDATE `users` SET `email_claimed_at` = `created_at` WHERE `email` IS NOT NULL;--> statement-breakpoint
INSERT INTO `direct_rooms` (`low`, `high`, `room_id`)
	SELECT min(`m`.`user_id`), max(`m`.`user_id`), `m`.`room_id`
	FROM `memberships` `m` JOIN `rooms` `r` ON `r`.`id` = `m`.`room_id` AND `r`.`kind` = 'direct' AND `r`.`deleted_at` IS NULL
	GROUP BY `m`.`room_id` HAVING count(*) = 2;
