CREATE TABLE `placements` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`vmid` integer NOT NULL,
	`from_node` text,
	`to_node` text NOT NULL,
	`considered` text NOT NULL,
	`state` text NOT NULL,
	`error_code` text,
	`error_details` text,
	`ended_at` text,
	`created_by` text,
	`created_at` text NOT NULL,
	FOREIGN KEY (`created_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `placements_time_index` ON `placements` (`created_at`);--> statement-breakpoint
CREATE INDEX `placements_vmid_index` ON `placements` (`vmid`);--> statement-breakpoint
CREATE TABLE `vm_metrics` (
	`vmid` integer NOT NULL,
	`resolution` text NOT NULL,
	`pve_node` text NOT NULL,
	`cpu` real NOT NULL,
	`memory_used_mb` integer NOT NULL,
	`memory_total_mb` integer NOT NULL,
	`created_at` text NOT NULL,
	PRIMARY KEY(`vmid`, `resolution`, `created_at`)
);
--> statement-breakpoint
CREATE INDEX `vm_metrics_time_index` ON `vm_metrics` (`created_at`);