ALTER TABLE `rooms` ADD `avatar` text;--> statement-breakpoint
ALTER TABLE `users` ADD `avatar` text;