import type { Dialect } from './fake-router.ts'

const uncommitted = 'The configuration has been changed but not committed\r\n'

/** NX-OS. Sources: unicon.plugins nxos/patterns.py, netmiko cisco/cisco_nxos_ssh.py, Cisco's guides on POAP. */
export const nxos: Dialect = {
  platform: 'cisco_nxos',
  prompts: { privileged: 'SW1# ', configuration: 'SW1(config-if)# ', loader: 'loader> ', boot: 'switch(boot)# ' },
  prefixes: { configuration: 'do ' },
  moves: [
    { from: 'configuration', line: 'end', to: 'privileged' },
    { from: 'privileged', line: 'configure terminal', to: 'configuration' },
    { from: 'privileged', line: 'exit', to: 'login' },
  ],
  settings: /^terminal (?:length|width) \d+$/u,
  pager: '--More--',
  refusal: "                ^\r\n% Invalid command at '^' marker.\r\n",
  running: '\r\n--- 10.0.0.9 ping statistics ---\r\n3 packets transmitted, 0 packets received, 100.00% packet loss\r\n',
  login: {
    prompt: 'SW1 login: ',
    refused: '\r\nLogin incorrect\r\n\r\n',
    greeting: '\r\nCisco Nexus Operating System (NX-OS) Software\r\n',
    lands: 'privileged',
  },
  questions: {
    poap: {
      text: 'Abort Power On Auto Provisioning [yes - continue with normal setup, skip - bypass password and basic configuration, no - continue with Power On Auto Provisioning] (yes/skip/no)[no]: ',
      answers: { skip: { says: 'Disabling POAP.......Disabling POAP\r\n', to: 'privileged' } },
    },
    setup: {
      text: 'Would you like to enter the basic configuration dialog (yes/no): ',
      answers: { no: { says: '\r\n', to: 'privileged' } },
    },
    adminPassword: { text: '  Enter the password for "admin": ', answers: {} },
  },
  bootLine: 'Loading system software',
  logLine: '2026 Nov 22 10:00:00 SW1 %$ VDC-1 %$ %ETHPORT-5-IF_UP: Interface Ethernet1/1 is up',
}

/** EOS. Sources: netmiko arista/arista.py, scrapli arista_eos, Arista's guides on the CLI and on ZTP. */
export const eos: Dialect = {
  platform: 'arista_eos',
  prompts: {
    privileged: 'sw1#',
    configuration: 'sw1(config-if-Et1)#',
    session: 'sw1(config-s-abc)#',
    user: 'sw1>',
    shell: '[admin@sw1 ~]$ ',
    rootShell: 'bash-4.2# ',
    boot: 'Aboot# ',
  },
  prefixes: { configuration: 'do ', session: 'do ' },
  moves: [
    { from: 'configuration', line: 'end', to: 'privileged' },
    { from: 'session', line: 'end', to: 'privileged' },
    { from: 'privileged', line: 'configure terminal', to: 'configuration' },
    { from: 'user', line: 'enable', to: 'privileged', asks: true },
    { from: 'privileged', line: 'disable', to: 'user' },
    { from: 'shell', line: 'exit', to: 'privileged' },
    { from: 'rootShell', line: 'exit', to: 'privileged' },
    { from: 'privileged', line: 'bash', to: 'shell' },
    { from: 'privileged', line: 'exit', to: 'login' },
    { from: 'user', line: 'exit', to: 'login' },
  ],
  settings: /^terminal (?:length|width) \d+$/u,
  pager: ' --More-- ',
  refusal: '% Invalid input\r\n',
  running: '\r\n--- 10.0.0.9 ping statistics ---\r\n3 packets transmitted, 0 received, 100% packet loss, time 2003ms\r\n',
  login: {
    prompt: 'localhost login: ',
    refused: '\r\nLogin incorrect\r\n\r\n',
    greeting: 'Last login: Sun Nov 22 09:00:00\r\n',
    lands: 'user',
  },
  questions: {},
  bootLine: 'Starting ProcMgr: [  OK  ]',
  logLine: 'Nov 22 10:00:00 sw1 Ebra: %LINEPROTO-5-UPDOWN: Line protocol on Interface Ethernet1, changed state to up',
}

/** Junos. Sources: netmiko juniper/juniper.py, unicon.plugins junos/patterns.py, Juniper's CLI guide (forms of `configure`). */
export const junos: Dialect = {
  platform: 'juniper_junos',
  prompts: {
    operational: 'student@R1> ',
    configuration: 'student@R1# ',
    factory: 'root# ',
    shell: 'root@:~ # ',
    oldShell: '% ',
    evolvedShell: '[vrf:none] root@R1:~# ',
    boot: 'loader> ',
  },
  above: { operational: '\r\n', configuration: '\r\n[edit interfaces ge-0/0/0]\r\n', factory: '\r\n[edit]\r\n' },
  prefixes: { configuration: 'run ', factory: 'run ' },
  moves: [
    { from: 'shell', line: 'cli', to: 'operational' },
    { from: 'oldShell', line: 'cli', to: 'operational' },
    { from: 'evolvedShell', line: 'cli', to: 'operational' },
    { from: 'operational', line: 'exit', to: 'shell' },
    { from: 'shell', line: 'exit', to: 'login' },
    { from: 'operational', line: 'configure', to: 'configuration' },
    { from: 'configuration', line: 'exit configuration-mode', to: 'uncommitted' },
  ],
  settings: /^set cli (?:screen-length|screen-width|complete-on-space) \w+$/u,
  pager: '---(more)---',
  refusal: '               ^\r\nunknown command.\r\n',
  running: '\r\n--- 10.0.0.9 ping statistics ---\r\n3 packets transmitted, 0 packets received, 100% packet loss\r\n',
  login: {
    prompt: 'R1 (ttyd0)\r\n\r\nlogin: ',
    refused: '\r\nLogin incorrect\r\n',
    greeting: '\r\nLast login: Sun Nov 22 09:00:00 from 10.0.0.5\r\n--- JUNOS 21.4R1 built\r\n',
    lands: 'shell',
  },
  questions: {
    uncommitted: {
      text: `${uncommitted}Exit with uncommitted changes? [yes,no] (yes) `,
      answers: {
        yes: { says: 'Exiting configuration mode\r\n', to: 'operational' },
        '': { says: 'Exiting configuration mode\r\n', to: 'operational' },
        no: { says: '', to: 'configuration' },
      },
    },
    discard: {
      text: `${uncommitted}warning: Auto rollback on exiting 'configure exclusive'\r\nDiscard uncommitted changes? [yes,no] (yes) `,
      answers: {
        yes: { says: 'warning: discarding uncommitted changes\r\n', to: 'operational' },
        '': { says: 'warning: discarding uncommitted changes\r\n', to: 'operational' },
        no: { says: '', to: 'configuration' },
      },
    },
  },
  bootLine: 'Mounting junos-platform',
  logLine: "Nov 22 10:00:00 R1 mgd[1234]: UI_COMMIT: User 'root' requested 'commit' operation",
}
