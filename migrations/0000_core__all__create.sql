CREATE TABLE `audit_events` (
	`id` text PRIMARY KEY NOT NULL,
	`actor_id` text,
	`on_behalf_of` text,
	`action` text NOT NULL,
	`object_type` text NOT NULL,
	`object_id` text,
	`details` text,
	`address` text,
	`request_id` text,
	`created_at` text NOT NULL,
	FOREIGN KEY (`actor_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`on_behalf_of`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `audit_events_time_index` ON `audit_events` (`created_at`);--> statement-breakpoint
CREATE TABLE `course_members` (
	`course_id` text NOT NULL,
	`user_id` text NOT NULL,
	`role` text NOT NULL,
	`group_name` text,
	`created_at` text NOT NULL,
	PRIMARY KEY(`course_id`, `user_id`),
	FOREIGN KEY (`course_id`) REFERENCES `courses`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `course_members_user_index` ON `course_members` (`user_id`);--> statement-breakpoint
CREATE TABLE `courses` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`term` text NOT NULL,
	`time_zone` text NOT NULL,
	`state` text DEFAULT 'active' NOT NULL,
	`created_by` text,
	`created_at` text NOT NULL,
	FOREIGN KEY (`created_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `criterion_results` (
	`id` text PRIMARY KEY NOT NULL,
	`evaluation_run_id` text NOT NULL,
	`criterion_id` text NOT NULL,
	`position` integer NOT NULL,
	`verdict` text NOT NULL,
	`reason` text NOT NULL,
	`points` real NOT NULL,
	`max_points` real NOT NULL,
	`attempts` integer NOT NULL,
	`passed_after_ms` integer,
	`facts` text NOT NULL,
	`started_at` text NOT NULL,
	`took_ms` integer NOT NULL,
	`created_at` text NOT NULL,
	FOREIGN KEY (`evaluation_run_id`) REFERENCES `evaluation_runs`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `criterion_results_unique` ON `criterion_results` (`evaluation_run_id`,`criterion_id`);--> statement-breakpoint
CREATE TABLE `enrollments` (
	`id` text PRIMARY KEY NOT NULL,
	`exercise_id` text NOT NULL,
	`user_id` text NOT NULL,
	`state` text DEFAULT 'active' NOT NULL,
	`archived_at` text,
	`created_at` text NOT NULL,
	FOREIGN KEY (`exercise_id`) REFERENCES `exercises`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `enrollments_unique` ON `enrollments` (`exercise_id`,`user_id`);--> statement-breakpoint
CREATE INDEX `enrollments_user_index` ON `enrollments` (`user_id`);--> statement-breakpoint
CREATE TABLE `evaluation_runs` (
	`id` text PRIMARY KEY NOT NULL,
	`purpose` text NOT NULL,
	`submission_id` text,
	`work_vm_id` text,
	`exercise_revision_id` text NOT NULL,
	`label` text,
	`engine_version` text NOT NULL,
	`state` text NOT NULL,
	`is_counted` integer DEFAULT false NOT NULL,
	`integrity` text,
	`missing` text,
	`points` real,
	`max_points` real,
	`undecided_points` real,
	`ended_at` text,
	`created_at` text NOT NULL,
	FOREIGN KEY (`submission_id`) REFERENCES `submissions`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`work_vm_id`) REFERENCES `work_vms`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`exercise_revision_id`) REFERENCES `exercise_revisions`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `evaluation_runs_submission_index` ON `evaluation_runs` (`submission_id`);--> statement-breakpoint
CREATE UNIQUE INDEX `evaluation_runs_counted_unique` ON `evaluation_runs` (`submission_id`) WHERE "evaluation_runs"."is_counted" = 1;--> statement-breakpoint
CREATE TABLE `exercise_revisions` (
	`id` text PRIMARY KEY NOT NULL,
	`exercise_id` text NOT NULL,
	`number` integer NOT NULL,
	`definition` text NOT NULL,
	`sha256` text NOT NULL,
	`statement` text DEFAULT '' NOT NULL,
	`project_sha256` text,
	`base_template_vmid` integer,
	`created_by` text,
	`created_at` text NOT NULL,
	FOREIGN KEY (`exercise_id`) REFERENCES `exercises`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`project_sha256`) REFERENCES `uploads`(`sha256`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`created_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `exercise_revisions_number_unique` ON `exercise_revisions` (`exercise_id`,`number`);--> statement-breakpoint
CREATE TABLE `exercise_secrets` (
	`exercise_id` text NOT NULL,
	`name` text NOT NULL,
	`ciphertext` text NOT NULL,
	`created_at` text NOT NULL,
	PRIMARY KEY(`exercise_id`, `name`),
	FOREIGN KEY (`exercise_id`) REFERENCES `exercises`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `exercises` (
	`id` text PRIMARY KEY NOT NULL,
	`course_id` text NOT NULL,
	`title` text NOT NULL,
	`state` text NOT NULL,
	`current_revision_id` text,
	`is_proven` integer DEFAULT false NOT NULL,
	`published_unproven` integer DEFAULT false NOT NULL,
	`rules` text NOT NULL,
	`error_code` text,
	`error_details` text,
	`created_by` text,
	`published_at` text,
	`archived_at` text,
	`created_at` text NOT NULL,
	FOREIGN KEY (`course_id`) REFERENCES `courses`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`current_revision_id`) REFERENCES `exercise_revisions`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`created_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `exercises_course_index` ON `exercises` (`course_id`);--> statement-breakpoint
CREATE TABLE `host_metrics` (
	`pve_node` text NOT NULL,
	`resolution` text NOT NULL,
	`cpu` real NOT NULL,
	`memory_used_mb` integer NOT NULL,
	`memory_total_mb` integer NOT NULL,
	`running_vms` integer NOT NULL,
	`created_at` text NOT NULL,
	PRIMARY KEY(`pve_node`, `resolution`, `created_at`)
);
--> statement-breakpoint
CREATE TABLE `installation` (
	`id` text PRIMARY KEY NOT NULL,
	`created_at` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `job_steps` (
	`job_id` text NOT NULL,
	`name` text NOT NULL,
	`position` integer NOT NULL,
	`state` text NOT NULL,
	`attempts` integer DEFAULT 1 NOT NULL,
	`progress` text,
	`log` text DEFAULT '' NOT NULL,
	`started_at` text NOT NULL,
	`ended_at` text,
	`created_at` text NOT NULL,
	PRIMARY KEY(`job_id`, `name`),
	FOREIGN KEY (`job_id`) REFERENCES `jobs`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `jobs` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`key` text NOT NULL,
	`payload` text NOT NULL,
	`data` text NOT NULL,
	`state` text NOT NULL,
	`priority` text NOT NULL,
	`step` text,
	`progress` text,
	`attempts` integer DEFAULT 0 NOT NULL,
	`run_after` text,
	`batch_id` text,
	`course_id` text,
	`user_id` text,
	`cancel_requested_at` text,
	`error_code` text,
	`error_details` text,
	`started_at` text,
	`ended_at` text,
	`created_by` text,
	`created_at` text NOT NULL,
	FOREIGN KEY (`created_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `jobs_state_index` ON `jobs` (`state`);--> statement-breakpoint
CREATE INDEX `jobs_key_index` ON `jobs` (`key`);--> statement-breakpoint
CREATE UNIQUE INDEX `jobs_running_key_unique` ON `jobs` (`key`) WHERE "jobs"."state" = 'running';--> statement-breakpoint
CREATE TABLE `observations` (
	`id` text PRIMARY KEY NOT NULL,
	`evaluation_run_id` text NOT NULL,
	`purpose` text NOT NULL,
	`criterion_id` text,
	`seq` integer NOT NULL,
	`device` text NOT NULL,
	`command` text NOT NULL,
	`started_at` text NOT NULL,
	`took_ms` integer NOT NULL,
	`ended` text NOT NULL,
	`exit_code` integer,
	`raw_sha256` text NOT NULL,
	`text_sha256` text NOT NULL,
	`kind` text,
	`created_at` text NOT NULL,
	FOREIGN KEY (`evaluation_run_id`) REFERENCES `evaluation_runs`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `observations_run_index` ON `observations` (`evaluation_run_id`,`seq`);--> statement-breakpoint
CREATE TABLE `orphans` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`pve_node` text NOT NULL,
	`storage` text,
	`volid` text,
	`vmid` integer NOT NULL,
	`state` text NOT NULL,
	`tries` integer DEFAULT 0 NOT NULL,
	`last_error` text,
	`resolved_at` text,
	`created_at` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `orphans_volume_unique` ON `orphans` (`pve_node`,`volid`) WHERE "orphans"."state" = 'open';--> statement-breakpoint
CREATE TABLE `reviews` (
	`id` text PRIMARY KEY NOT NULL,
	`submission_id` text NOT NULL,
	`criterion_id` text,
	`verdict` text,
	`points` real,
	`reason` text NOT NULL,
	`reviewed_by` text NOT NULL,
	`created_at` text NOT NULL,
	FOREIGN KEY (`submission_id`) REFERENCES `submissions`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`reviewed_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `reviews_submission_index` ON `reviews` (`submission_id`);--> statement-breakpoint
CREATE TABLE `sessions` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`kind` text NOT NULL,
	`last_seen_at` text NOT NULL,
	`expires_at` text NOT NULL,
	`revoked_at` text,
	`address` text,
	`user_agent` text,
	`created_at` text NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `sessions_user_index` ON `sessions` (`user_id`);--> statement-breakpoint
CREATE TABLE `submissions` (
	`id` text PRIMARY KEY NOT NULL,
	`work_vm_id` text NOT NULL,
	`exercise_id` text NOT NULL,
	`user_id` text NOT NULL,
	`exercise_revision_id` text NOT NULL,
	`number` integer NOT NULL,
	`state` text NOT NULL,
	`accepted_at` text NOT NULL,
	`attempt_used` integer DEFAULT true NOT NULL,
	`points` real,
	`max_points` real,
	`undecided_points` real,
	`error_code` text,
	`error_details` text,
	`ended_at` text,
	`created_at` text NOT NULL,
	FOREIGN KEY (`work_vm_id`) REFERENCES `work_vms`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`exercise_id`) REFERENCES `exercises`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`exercise_revision_id`) REFERENCES `exercise_revisions`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `submissions_open_unique` ON `submissions` (`work_vm_id`) WHERE "submissions"."state" in ('queued', 'evaluating');--> statement-breakpoint
CREATE INDEX `submissions_user_index` ON `submissions` (`user_id`,`exercise_id`);--> statement-breakpoint
CREATE INDEX `submissions_exercise_index` ON `submissions` (`exercise_id`);--> statement-breakpoint
CREATE TABLE `template_vms` (
	`id` text PRIMARY KEY NOT NULL,
	`exercise_revision_id` text NOT NULL,
	`vmid` integer NOT NULL,
	`pve_node` text NOT NULL,
	`state` text NOT NULL,
	`gns3_project_id` text,
	`lab` text,
	`created_at` text NOT NULL,
	FOREIGN KEY (`exercise_revision_id`) REFERENCES `exercise_revisions`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `template_vms_vmid_unique` ON `template_vms` (`vmid`);--> statement-breakpoint
CREATE INDEX `template_vms_revision_index` ON `template_vms` (`exercise_revision_id`);--> statement-breakpoint
CREATE TABLE `uploads` (
	`sha256` text PRIMARY KEY NOT NULL,
	`file_name` text NOT NULL,
	`size_bytes` integer NOT NULL,
	`summary` text,
	`created_by` text,
	`created_at` text NOT NULL,
	FOREIGN KEY (`created_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `users` (
	`id` text PRIMARY KEY NOT NULL,
	`username` text NOT NULL,
	`display_name` text NOT NULL,
	`email` text,
	`student_number` text,
	`role` text NOT NULL,
	`source` text NOT NULL,
	`external_id` text,
	`password_hash` text,
	`password_must_change` integer DEFAULT false NOT NULL,
	`state` text DEFAULT 'active' NOT NULL,
	`last_sign_in_at` text,
	`created_at` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `users_username_unique` ON `users` (`username`) WHERE "users"."source" = 'local';--> statement-breakpoint
CREATE UNIQUE INDEX `users_external_id_unique` ON `users` (`source`,`external_id`) WHERE "users"."external_id" is not null;--> statement-breakpoint
CREATE INDEX `users_username_index` ON `users` (`username`);--> statement-breakpoint
CREATE TABLE `vm_allocations` (
	`vmid` integer PRIMARY KEY NOT NULL,
	`pve_node` text,
	`storage` text,
	`purpose` text NOT NULL,
	`owner_id` text NOT NULL,
	`state` text NOT NULL,
	`released_at` text,
	`created_at` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `work_vms` (
	`id` text PRIMARY KEY NOT NULL,
	`exercise_id` text NOT NULL,
	`user_id` text NOT NULL,
	`purpose` text NOT NULL,
	`enrollment_id` text,
	`exercise_revision_id` text NOT NULL,
	`template_vm_id` text,
	`vmid` integer,
	`pve_node` text,
	`state` text NOT NULL,
	`memory_mb` integer,
	`endpoint` text,
	`marker` text,
	`frozen_for` text,
	`error_code` text,
	`error_details` text,
	`started_at` text,
	`ready_at` text,
	`deleted_at` text,
	`created_at` text NOT NULL,
	FOREIGN KEY (`exercise_id`) REFERENCES `exercises`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`enrollment_id`) REFERENCES `enrollments`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`exercise_revision_id`) REFERENCES `exercise_revisions`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`template_vm_id`) REFERENCES `template_vms`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `work_vms_live_unique` ON `work_vms` (`exercise_id`,`user_id`,`purpose`) WHERE "work_vms"."state" not in ('deleted', 'deleting', 'binned');--> statement-breakpoint
CREATE INDEX `work_vms_user_index` ON `work_vms` (`user_id`);--> statement-breakpoint
CREATE INDEX `work_vms_exercise_index` ON `work_vms` (`exercise_id`);