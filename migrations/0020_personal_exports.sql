CREATE TABLE `exports` (
	`user_id` text PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`position` text,
	`parts` integer DEFAULT 0 NOT NULL,
	`bytes` integer DEFAULT 0 NOT NULL,
	`requested_at` integer NOT NULL,
	`stepped_at` integer NOT NULL,
	`ready_at` integer,
	`expires_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `exports_by_end` ON `exports` (`expires_at`);--> statement-breakpoint
CREATE INDEX `exports_running` ON `exports` (`stepped_at`) WHERE "exports"."ready_at" is null;