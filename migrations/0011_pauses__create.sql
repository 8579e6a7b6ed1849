CREATE TABLE `pauses` (
	`what` text PRIMARY KEY NOT NULL,
	`paused_by` text NOT NULL,
	`created_at` text NOT NULL,
	FOREIGN KEY (`paused_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action
);
