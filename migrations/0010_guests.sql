ALTER TABLE `users` ADD `guest_until` integer;--> statement-breakpoint
CREATE INDEX `users_guests` ON `users` (`guest_until`) WHERE "users"."guest_until" is not null and "users"."deleted_at" is null;