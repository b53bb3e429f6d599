CREATE TABLE `name_words` (
	`word` text NOT NULL,
	`user_id` text NOT NULL,
	PRIMARY KEY(`word`, `user_id`)
);
--> statement-breakpoint
ALTER TABLE `rooms` ADD `fold_version` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `rooms_to_refold` ON `rooms` (`id`) WHERE "rooms"."fold_version" < 1;--> statement-breakpoint
ALTER TABLE `users` ADD `fold_version` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `users_to_refold` ON `users` (`id`) WHERE "users"."fold_version" < 1;--> statement-breakpoint
CREATE TRIGGER `users_words_added` AFTER INSERT ON `users` WHEN instr(replace(new.folded_name, '-', ' '), ' ') > 0 BEGIN
  INSERT OR IGNORE INTO name_words (word, user_id) SELECT value, new.id
  FROM json_each('[' || replace(replace(json_quote(new.folded_name), '-', ' '), ' ', '","') || ']') WHERE key > 0 AND value <> '';
END;
--> statement-breakpoint
CREATE TRIGGER `users_words_changed` AFTER UPDATE OF folded_name ON `users` WHEN instr(replace(old.folded_name || new.folded_name, '-', ' '), ' ') > 0 BEGIN
  DELETE FROM name_words WHERE user_id = old.id AND word IN (SELECT value
    FROM json_each('[' || replace(replace(json_quote(old.folded_name), '-', ' '), ' ', '","') || ']'));
  INSERT OR IGNORE INTO name_words (word, user_id) SELECT value, new.id
  FROM json_each('[' || replace(replace(json_quote(new.folded_name), '-', ' '), ' ', '","') || ']') WHERE key > 0 AND value <> '';
END;
