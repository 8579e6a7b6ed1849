CREATE TRIGGER `audit_events_are_never_changed` BEFORE UPDATE ON `audit_events`
BEGIN
  SELECT RAISE(ABORT, 'entries of the audit log are never changed');
END;
--> statement-breakpoint
CREATE TRIGGER `audit_events_are_kept` BEFORE DELETE ON `audit_events`
WHEN OLD.`created_at` > (SELECT strftime('%Y-%m-%dT%H:%M:%fZ', max(`created_at`), '-30 days') FROM `audit_events`)
BEGIN
  SELECT RAISE(ABORT, 'entries of the audit log are kept for 30 days at least');
END;
