/** Fixed texts of VPCS 0.8.3, as recorded (gns3_vpcs/*). Bold and underline are the program's own. */

const bold = (text: string) => `\x1b[1m${text}\x1b[0m`
const under = (text: string) => `\x1b[4m${text}\x1b[0m`

/** What VPCS's own telnet server says first; behind the proxy it is part of the first backlog. */
export const NEGOTIATION = Uint8Array.of(0xff, 0xfd, 1, 0xff, 0xfb, 1, 0xff, 0xfd, 3, 0xff, 0xfb, 3)

export const BUILD_TIME = 'Nov 22 2026 01:16:38'

export const WELCOME = [
  '',
  'Welcome to Virtual PC Simulator, version 0.8.3',
  'Dedicated to Daling.',
  `Build time: ${BUILD_TIME}`,
  'Copyright (c) 2007-2015, Paul Meng (mirnshi@gmail.com)',
  'All rights reserved.',
  '',
  'VPCS is free software, distributed under the terms of the "BSD" licence.',
  'Source code and license can be found at vpcs.sf.net.',
  'For more information, please visit wiki.freecode.com.cn.',
]
  .map((line) => `${line}\r\n`)
  .join('')

export const HELP =
  '\n' +
  [
    `${bold('?')}                        Print help`,
    `${bold('arp')}                        Shortcut for: ${bold('show arp')}. Show arp table`,
    `${bold('clear')} ${under('ARG')}                Clear IPv4/IPv6, arp/neighbor cache, command history`,
    `${bold('dhcp')} [${under('OPTION')}]            Shortcut for: ${bold('ip dhcp')}. Get IPv4 address via DHCP`,
    `${bold('disconnect')}               Exit the telnet session (daemon mode)\r`,
    `${bold('echo')} ${under('TEXT')}                Display ${under('TEXT')} in output. See also  ${bold('set echo ?')}`,
    `${bold('help')}                     Print help`,
    `${bold('history')}                  Shortcut for: ${bold('show history')}. List the command history`,
    `${bold('ip')} ${under('ARG')} ... [${under('OPTION')}]      Configure the current VPC's IP settings. See ${bold('ip ?')}`,
    `${bold('load')} [${under('FILENAME')}]          Load the configuration/script from the file ${under('FILENAME')}`,
    `${bold('ping')} ${under('HOST')} [${under('OPTION')} ...]   Ping ${under('HOST')} with ICMP (default) or TCP/UDP. See ${bold('ping ?')}`,
    `${bold('quit')}                     Quit program`,
    `${bold('relay')} ${under('ARG')} ...            Configure packet relay between UDP ports. See ${bold('relay ?')}`,
    `${bold('rlogin')} [${under('ip')}] ${under('port')}         Telnet to ${under('port')} on host at ${under('ip')} (relative to host PC)`,
    `${bold('save')} [${under('FILENAME')}]          Save the configuration to the file ${under('FILENAME')}`,
    `${bold('set')} ${under('ARG')} ...              Set VPC name and other options. Try ${bold('set ?')}`,
    `${bold('show')} [${under('ARG')} ...]           Print the information of VPCs (default). See ${bold('show ?')}`,
    `${bold('sleep')} [${under('seconds')}] [TEXT]   Print TEXT and pause running script for ${under('seconds')}`,
    `${bold('trace')} ${under('HOST')} [${under('OPTION')} ...]  Print the path packets take to network ${under('HOST')}`,
    `${bold('version')}                  Shortcut for: ${bold('show version')}`,
    '',
    `To get command syntax help, please enter '${bold('?')}' as an argument of the command.`,
    '',
  ].join('\n')

const flags = ['C', 'E', 'U', 'A', 'P', 'R', 'S', 'F'].map(bold).join('|')

export const PING_HELP = [
  '',
  `${bold('ping')} ${under('HOST')} [${under('OPTION')} ...]`,
  `  Ping the network ${under('HOST')}. ${under('HOST')} can be an ip address or name`,
  '    Options:',
  `     ${bold('-1')}             ICMP mode, default`,
  `     ${bold('-2')}             UDP mode`,
  `     ${bold('-3')}             TCP mode`,
  `     ${bold('-c')} ${under('count')}       Packet count, default 5`,
  `     ${bold('-D')}             Set the Don't Fragment bit`,
  `     ${bold('-f')} ${under('FLAG')}        Tcp header FLAG |${flags}|`,
  '                               bits |7 6 5 4 3 2 1 0|',
  `     ${bold('-i')} ${under('ms')}          Wait ${under('ms')} milliseconds between sending each packet`,
  `     ${bold('-l')} ${under('size')}        Data size`,
  `     ${bold('-P')} ${under('protocol')}    Use IP ${under('protocol')} in ping packets`,
  `                      ${bold('1')} - ICMP (default), ${bold('17')} - UDP, ${bold('6')} - TCP`,
  `     ${bold('-p')} ${under('port')}        Destination port`,
  `     ${bold('-s')} ${under('port')}        Source port`,
  `     ${bold('-T')} ${under('ttl')}         Set ${under('ttl')}, default 64`,
  `     ${bold('-t')}             Send packets until interrupted by Ctrl+C`,
  `     ${bold('-w')} ${under('ms')}          Wait ${under('ms')} milliseconds to receive the response`,
  '',
  '  Notes: 1. Using names requires DNS to be set.',
  '         2. Use Ctrl+C to stop the command.',
  '',
].join('\n')

export const IP_HELP = [
  '',
  `${bold('ip')} ${under('ARG')} ... [${under('OPTION')}]`,
  "  Configure the current VPC's IP settings",
  '    ARG ...:',
  `    ${under('address')} [${under('mask')}] [${under('gateway')}]`,
  `    ${bold('dhcp')} [${under('OPTION')}]`,
  `    ${bold('dns')} ${under('ip')}`,
  `    ${bold('domain')} ${under('NAME')}`,
  '',
].join('\n')

export const TRACE_HELP = [
  '',
  `${bold('trace')} ${under('HOST')} [${under('OPTION')} ...]`,
  `  Print the path packets take to network ${under('HOST')}. ${under('HOST')} can be an ip address or name.`,
  '    Options:',
  `    ${bold('-P')} ${under('protocol')}    Use IP ${under('protocol')} in trace packets`,
  `                     ${bold('1')} - icmp, ${bold('17')} - udp (default), ${bold('6')} - tcp`,
  `    ${bold('-m')} ${under('ttl')}         Maximum ${under('ttl')}, default 8`,
  '',
  '  Notes: 1. Using names requires DNS to be set.',
  '         2. Use Ctrl+C to stop the command.',
  '',
].join('\n')

export const SHOW_HELP = [
  '',
  `${bold('show')} [${under('ARG')} ...]`,
  '  Show information for ARG',
  `    ${bold('arp')} | ${bold('echo')} | ${bold('history')} | ${bold('ip')} | ${bold('version')}`,
  '',
].join('\n')

const UNREACHABLE_TEXTS = [
  'Destination network unreachable',
  'Destination host unreachable',
  'Destination protocol unreachable',
  'Destination port unreachable',
  'Fragmentation required, and DF flag set',
  'Source route failed',
  'Destination network unknown',
  'Destination host unknown',
  'Source host isolated',
  'Network administratively prohibited',
  'Host administratively prohibited',
  'Network unreachable for TOS',
  'Host unreachable for TOS',
  'Communication administratively prohibited',
]

/** The words VPCS puts behind an ICMP type and code (vpcs src/ip.c). */
export function icmpWords(type: number, code: number): string {
  if (type === 3) return UNREACHABLE_TEXTS[code] ?? 'Unknown'
  if (type === 11) return code === 0 ? 'TTL expired in transit' : 'Fragment reassembly time exceeded'
  return 'Unknown'
}
