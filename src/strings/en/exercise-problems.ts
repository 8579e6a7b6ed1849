import type { Messages } from '../index.ts'

/**
 * What is wrong with an exercise. Each stands behind the name of its field (`vlan: must be a VLAN number…`). A schema says one by its
 * key: `error: 'exerciseProblems.vlanId'`; what zod says by itself stands in shapes.ts.
 */
export const exerciseProblems = {
  // values of the network
  address: 'must be an IP address',
  addressOrInterface: 'must be an address or an interface',
  addressWithLength: 'must be ADDRESS/LENGTH such as 10.0.1.10/24',
  prefix: 'must be NETWORK/LENGTH such as 10.0.1.0/24',
  prefixLength: 'must be a prefix length such as 24',
  macAddress: 'must be a MAC address such as 00:50:79:66:68:00',
  interfaceName: 'must be an interface such as GigabitEthernet0/1',
  vlanId: 'must be a VLAN number from 1 to 4094',
  vlanList: 'must be VLAN numbers from 1 to 4094',
  asNumber: 'must be an AS number from 1 to 4294967295',
  routerId: 'must be a router id, written as an IPv4 address',
  areaId: 'must be an area such as 0 or 0.0.0.0',
  port: 'must be a port from 1 to 65535',
  protocol: 'must be a protocol such as tcp, udp or icmp',
  url: 'must be an address such as http://10.0.2.10/index.html',
  hostName: 'must be a host name such as www.example.org',
  domainName: 'must be a domain name such as example.org',
  target: 'must be an IP address, a device or DEVICE:INTERFACE',
  deviceInterface: 'must be DEVICE:INTERFACE',
  nextHop: 'must be an address, an interface, a device or DEVICE:INTERFACE',
  deviceName: 'must be the name of a device',
  cable: 'must be a cable such as R1:Gi0/0--SW1:Ethernet1',
  allowRule: 'must be NETWORK/LENGTH, NETWORK/LENGTH:PORT or NETWORK/LENGTH:PORT/tcp',

  // other values
  oneLine: 'must be one line without control characters',
  oneWord: 'must be one word without blanks and quotes',
  regex: 'must be a regular expression that can be compiled',
  regexUnsafe: 'is a regular expression that may take for ever on a long answer',
  command: 'must be one command, without line breaks and control characters',
  duration: 'must be a number of seconds',
  absolutePath: 'must be a path that begins with / and has no ..',
  bundlePath: 'must be a file of the bundle, without ..',
  secretName: 'must be letters, digits and _',
  platformName: 'must be a platform such as vpcs or cisco_ios',
  criterionId: 'must be letters, digits, -, _ and ., at most 64',
  formatVersion: 'must be 1, the version of this format',
  noCommandLine: 'has no command line that could be configured',
  noCriteria: 'needs at least one criterion',
  noDevices: 'needs at least one device',

  // across the file
  noPlatform: 'there is no platform "{platform}"; there are {known}',
  noDevice: 'there is no device "{device}" under devices',
  noModule: 'there is no kind of check "{module}"; there are {known}',
  noCriterion: 'there is no criterion "{id}"',
  deviceNeeded: '{module} needs a device',
  unaskable: '{module} cannot be asked of a {platform} device',
  unsupported: '{module} on {platform} cannot do "{option}"',
  idTwice: 'the id "{id}" is used twice',
  circle: '"{id}" requires itself in the end',

  // the file as a text
  fileTooLarge: 'is larger than {limit} kB',
  alias: 'aliases (*name) are not allowed; write it out',
  anchor: 'anchors (&name) are not allowed; write it out',
  tooDeep: 'is nested too deeply',
  environment: 'is refused: write {example} and enter its value on the exercise page',
  keyNoWord: 'a key must be a word',
  criteriaList: 'must be a list of checks and nothing else: every one begins with "- id:"',

  // with the project and the server
  notInProject: 'the project has no device "{device}"; it has {known}',
  noConsole: 'has no console in the project, so it cannot be asked',
  templateNotAllowed: 'VM {vmid} is not an allowed base template',
  noTemplate: 'no base template is chosen',

  // what goes together
  discardHasNoNextHop: 'is not for a route that throws packets away',
  onlyForReach: 'is only for reach: true',
  onlyForFailure: 'is only for expect: failure',
  onlyForSuccess: 'is only for expect: success',
  lessThanCount: 'must be less than count, else the check passes without a reply',
  minOverMax: 'must not be smaller than the minimum',
  oneOfThem: 'needs exactly one of what may be given here',
  controlNeeded: 'is needed here: without an open port, silence says nothing',
  controlIsTarget: 'must be another port than the one that is checked',
  onlyWithControl: 'is only for a check with a control',
  notForOpen: 'is not for expect: open',
  atLeastOne: 'needs at least one of what may be given here',
  atLeastOneAddress: 'needs at least one address, or mode: exact for none at all',
  otherFamily: 'must be addresses of the family that counts',
} satisfies Messages
