/** The door to GNS3: one client per server, 2.2 and 3.x alike. */
export { createGns3 } from './create-gns3.ts'
export { type GuessedPlatform, guessPlatform } from './guess-platform.ts'
export type { DeviceState, LabDevice, LabLink, LabLinkEnd, LabState } from './lab.ts'
export { isAlwaysOn } from './lab.ts'
export type { ArchiveDevice, ArchiveDrawing, ArchiveLinkEnd, ProjectArchive } from './project-archive.ts'
export { openProjectArchive, requireRevision } from './project-archive.ts'
export type {
  CallOptions,
  ConsoleEndpoint,
  Gns3,
  Gns3Log,
  Gns3Options,
  Gns3Project,
  Gns3Socket,
  Gns3Version,
  ImportOptions,
  PassedAnswer,
  PassedRequest,
  Progress,
  WaitOptions,
} from './types.ts'
