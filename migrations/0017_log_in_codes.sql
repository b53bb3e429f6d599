CREATE TABLE `log_in_codes` (
	`log_in_id` text PRIMARY KEY NOT NULL,
	`hash` text,
	`challenge` text NOT NULL,
	`identity` text,
	`code_until` integer NOT NULL,
	`until` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `log_in_codes_by_hash` ON `log_in_codes` (`hash`);--> statement-breakpoint
CREATE INDEX `log_in_codes_by_end` ON `log_in_codes` (`until`);