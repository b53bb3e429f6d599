CREATE TABLE `email_counts` (
	`address` text PRIMARY KEY NOT NULL,
	`sent_since` integer NOT NULL,
	`sent` integer NOT NULL,
	`latest` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `email_counts_by_start` ON `email_counts` (`sent_since`);--> statement-breakpoint
CREATE TABLE `email_links` (
	`user_id` text NOT NULL,
	`purpose` text NOT NULL,
	`hash` text,
	`email` text NOT NULL,
	`until` integer NOT NULL,
	`sent_since` integer NOT NULL,
	`sent` integer NOT NULL,
	PRIMARY KEY(`user_id`, `purpose`),
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `email_links_by_hash` ON `email_links` (`hash`);--> statement-breakpoint
CREATE INDEX `email_links_by_end` ON `email_links` (`until`);--> statement-breakpoint
DROP INDEX `users_by_email`;--> statement-breakpoint
ALTER TABLE `users` ADD `email_verified_at` integer;--> statement-breakpoint
CREATE UNIQUE INDEX `users_by_verified_email` ON `users` (`app_id`,`email`) WHERE "users"."email_verified_at" is not null;