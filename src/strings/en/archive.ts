import type { Messages } from '../index.ts'

/** Why an uploaded GNS3 project is refused; `PROJECT_ARCHIVE_INVALID` carries one of these as its reason. */
export const archive = {
  NOT_A_ZIP: 'the file is no GNS3 project archive (or it is cut short). Export the project in GNS3 again and upload the .gns3project file.',
  TOO_MANY_ENTRIES: 'the archive has {count} entries; at most {limit} are allowed.',
  TOO_LARGE: 'unpacked, the archive would take {size} MB; at most {limit} MB are allowed.',
  COMPRESSED_TOO_WELL: 'the archive unpacks to {ratio} times its size, as no GNS3 project does.',
  NAME_OUTSIDE: 'the entry "{entry}" has a name that leads out of the project folder.',
  NAME_AMBIGUOUS: 'the entry "{entry}" has two different names.',
  NAME_TWICE: 'the entry "{entry}" is there twice.',
  SYMLINK: 'the entry "{entry}" is a symbolic link.',
  SPECIAL_FILE: 'the entry "{entry}" is neither a file nor a folder.',
  ENCRYPTED: 'the entry "{entry}" is encrypted.',
  COMPRESSION: 'the entry "{entry}" is compressed with {method}. Export the project again with the compression "zip".',
  ENTRY_BROKEN: 'the entry "{entry}" cannot be read: {problem}.',
  NO_PROJECT: 'there is no project.gns3 in it. Export the project in GNS3 ("Export portable project") and upload that file.',
  PROJECT_TOO_LARGE: 'project.gns3 has {size} bytes; at most {limit} are allowed.',
  PROJECT_TOO_DEEP: 'project.gns3 is nested more than {limit} levels deep.',
  PROJECT_NO_JSON: 'project.gns3 is no JSON.',
  PROJECT_SHAPE: 'project.gns3 is not a GNS3 topology: {field}: {problem}.',
  REVISION: 'project.gns3 has the file revision {revision}; {from} to {to} are known.',
  TOO_MANY_DEVICES: 'the project has {count} devices; at most {limit} are allowed.',
  TOO_MANY_LINKS: 'the project has {count} links; at most {limit} are allowed.',
  DEVICE_TWICE: 'two devices are named "{device}". Give each a name of its own: checks find devices by name.',
  LINK_DANGLING: 'a link ends at the device {device}, which is not in the project.',
  LINK_ENDS: 'the link {link} has {count} ends instead of two.',
} satisfies Messages
