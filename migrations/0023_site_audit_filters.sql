CREATE INDEX `site_audit_by_actor` ON `site_audit` (`actor_id`,`id`);--> statement-breakpoint
CREATE INDEX `site_audit_by_action` ON `site_audit` (`action`,`id`);