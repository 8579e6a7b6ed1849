CREATE TABLE `exams` (
	`exercise_id` text PRIMARY KEY NOT NULL,
	`state` text NOT NULL,
	`addresses` text NOT NULL,
	`single_session` integer NOT NULL,
	`collect` text NOT NULL,
	`switched_by` text,
	`switched_at` text NOT NULL,
	`created_at` text NOT NULL,
	FOREIGN KEY (`exercise_id`) REFERENCES `exercises`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`switched_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
ALTER TABLE `submissions` ADD `collected_by` text;