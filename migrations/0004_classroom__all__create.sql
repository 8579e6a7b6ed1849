CREATE TABLE `class_messages` (
	`id` text PRIMARY KEY NOT NULL,
	`exercise_id` text NOT NULL,
	`text` text NOT NULL,
	`sent_by` text NOT NULL,
	`ends_at` text NOT NULL,
	`created_at` text NOT NULL,
	FOREIGN KEY (`exercise_id`) REFERENCES `exercises`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`sent_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `class_messages_exercise_index` ON `class_messages` (`exercise_id`,`ends_at`);--> statement-breakpoint
CREATE TABLE `exercise_comments` (
	`id` text PRIMARY KEY NOT NULL,
	`exercise_id` text NOT NULL,
	`text` text NOT NULL,
	`created_by` text NOT NULL,
	`removed_at` text,
	`created_at` text NOT NULL,
	FOREIGN KEY (`exercise_id`) REFERENCES `exercises`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`created_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `exercise_comments_exercise_index` ON `exercise_comments` (`exercise_id`);--> statement-breakpoint
CREATE TABLE `help_requests` (
	`id` text PRIMARY KEY NOT NULL,
	`exercise_id` text NOT NULL,
	`user_id` text NOT NULL,
	`ended_at` text,
	`ended_by` text,
	`created_at` text NOT NULL,
	FOREIGN KEY (`exercise_id`) REFERENCES `exercises`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`ended_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `help_requests_open_unique` ON `help_requests` (`exercise_id`,`user_id`) WHERE "help_requests"."ended_at" is null;