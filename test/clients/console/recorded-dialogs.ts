import { createFakeDevice } from './fake-transport.ts'

/** What the device says when it comes here, and where what is typed leads to. */
export interface Scene {
  readonly says: string
  /** By line typed. */
  readonly on?: Readonly<Record<string, string>>
  /** Any other line; the same scene again where absent. */
  readonly otherwise?: string
  /** One key is an answer: CR or `y` lead to the first, any other key to the second. */
  readonly confirms?: readonly [string, string]
}

/**
 * Published consoles of real devices at the questions that they ask by themselves; domain names, serial numbers and accounts are replaced. The words and
 * their order are the devices'; which line leads where is what their operators typed, CR and LF are as a console sends them.
 */
export interface RecordedDialog {
  readonly platform: string
  readonly source: string
  readonly scenes: Readonly<Record<string, Scene>>
}

const lines = (...all: string[]): string => all.join('\r\n')

const brief = lines(
  'Interface                  IP-Address      OK? Method Status                Protocol',
  'Embedded-Service-Engine0/0 unassigned      YES unset  administratively down down',
  'GigabitEthernet0/0         40.0.0.1        YES manual up                    up',
  'Serial0/0/1                unassigned      YES unset  administratively down down',
  '',
)

const ios = (scenes: Readonly<Record<string, Scene>>): Readonly<Record<string, Scene>> => ({
  ...scenes,
  user: { says: 'Router>', on: { enable: 'privileged' } },
  privileged: { says: 'Router#', on: { 'show ip interface brief': 'brief' } },
  brief: { says: `${brief}Router#`, otherwise: 'privileged', on: { 'show ip interface brief': 'brief' } },
  gone: { says: '\r\nSystem Bootstrap, Version 15.0(1r)M16' },
})

export const newRouter: RecordedDialog = {
  platform: 'cisco_ios',
  source: 'console log of a CISCO1941/K9 with IOS 15.4(3)M3, published with a lab report',
  scenes: ios({
    start: {
      says: lines(
        ...['', '', '         --- System Configuration Dialog ---', ''],
        'Would you like to enter the initial configuration dialog? [yes/no]: ',
      ),
      on: { no: 'autoinstall' },
      otherwise: 'complaint',
    },
    complaint: {
      says: lines("% Please answer 'yes' or 'no'.", 'Would you like to enter the initial configuration dialog? [yes/no]: '),
      on: { no: 'autoinstall' },
    },
    autoinstall: { says: lines('', 'Would you like to terminate autoinstall? [yes]: '), on: { yes: 'started', '': 'started' } },
    started: {
      says: lines(
        ...['Translating "pnpntpserver.lab.example"...domain server (255.255.255.255)', '', '', 'Press RETURN to get started!', '', ''],
        '*Jan  2 00:00:02.175: %IOS_LICENSE_IMAGE_APPLICATION-6-LICENSE_LEVEL: Module name = c1900 Next reboot level = ipbasek9 and License = ipbasek9',
        '*Nov 24 23:21:56.619: c3600_scp_set_dstaddr2_idb(184)add = 80 name is Embedded-Service-Engine0/0',
        '*Nov 24 23:22:07.559: %CTS-6-ENV_DATA_START_STATE: Environment Data Download in start state',
        '*Nov 24 23:22:13.187: %LINK-3-UPDOWN: Interface GigabitEthernet0/0, changed state to up',
        '*Nov 24 23:22:13.187: %LINK-3-UPDOWN: Interface GigabitEthernet0/1, changed state to d',
      ),
      otherwise: 'torn',
    },
    torn: {
      says: lines(
        'Router>',
        '%Error opening tftp://255.255.255.255/cisconet.cfg (Timed out)own',
        '*Nov 24 23:22:13.187: %LINK-3-UPDOWN: Interface Serial0/0/0, changed state to up',
        '',
      ),
      on: { enable: 'privileged' },
      otherwise: 'user',
    },
  }),
}

export const newSwitch: RecordedDialog = {
  platform: 'cisco_ios',
  source: 'console of a Catalyst 2960S (12.2(58)SE2) after its configuration was removed, published instructions',
  scenes: ios({
    start: {
      says: lines(
        ...['--- System Configuration Dialog ---', 'Enable secret warning', '----------------------------------'],
        'In order to access the device manager, an enable secret is required',
        'If you enter the initial configuration dialog, you will be prompted for the enable secret',
        'If you choose not to enter the intial configuration dialog, or if you exit setup without setting the enable secret,',
        'please set an enable secret using the following CLI in configuration mode-',
        'enable secret 0 <cleartext password>',
        '----------------------------------',
        'Would you like to enter the initial configuration dialog? [yes/no]: ',
      ),
      on: { no: 'user' },
      otherwise: 'complaint',
    },
    complaint: {
      says: lines("% Please answer 'yes' or 'no'.", 'Would you like to enter the initial configuration dialog? [yes/no]: '),
      on: { no: 'user' },
    },
  }),
}

/** That another key than Enter and `y` gives up, Cisco's command reference shows (`Proceed with reload? [confirm]n`) and its courses say. */
export const reload: RecordedDialog = {
  platform: 'cisco_ios',
  source: 'console of a Catalyst 2960 that is told to reload, published instructions; the answer n: Cisco command reference',
  scenes: ios({
    start: {
      says: lines('', 'System configuration has been modified. Save? [yes/no]: '),
      on: { no: 'reload', yes: 'saved' },
      otherwise: 'complaint',
    },
    complaint: {
      says: lines("% Please answer 'yes' or 'no'.", 'System configuration has been modified. Save? [yes/no]: '),
      on: { no: 'reload', yes: 'saved' },
    },
    saved: { says: lines('Building configuration...', '[OK]', 'Proceed with reload? [confirm]'), confirms: ['gone', 'privileged'] },
    reload: { says: 'Proceed with reload? [confirm]', confirms: ['gone', 'privileged'] },
  }),
}

const confirmation = (source: string, text: string): RecordedDialog => ({
  platform: 'cisco_ios',
  source,
  scenes: ios({ start: { says: text, confirms: ['gone', 'privileged'] } }),
})

export const confirmations: readonly RecordedDialog[] = [
  confirmation('console of a Catalyst that is told to reload', 'Proceed with reload? [confirm]'),
  confirmation(
    'console of a router, Cisco course',
    'Erasing the nvram filesystem will remove all configuration files! Continue? [confirm]',
  ),
  confirmation('console of a C2600, vendor of console servers', 'Delete flash0:/staging-startup-config? [confirm]'),
]

const poap =
  'Abort Power On Auto Provisioning [yes - continue with normal setup, skip - bypass password and basic configuration, no - continue with Power On Auto Provisioning] (yes/skip/no)[no]:'

const nexus = (scenes: Readonly<Record<string, Scene>>): Readonly<Record<string, Scene>> => ({
  ...scenes,
  skipped: {
    says: lines(
      ...['', '!!! NOTE: You have selected skip option. POAP will be aborted and password configuration will be skipped !!!'],
      'Disabling POAP.......Disabling POAP',
      '2022 Apr 22 23:49:54 switch %$ VDC-1 %$ poap: Rolling back, please wait... (This may take 5-15 minutes)',
      ...['Disabling lldp', ''],
      '2022 Apr 22 23:50:36 switch %$ VDC-1 %$ %COPP-2-COPP_POLICY: Control-Plane is protected with policy copp-system-p-policy-strict.',
      ...['', '', '', 'User Access Verification', ' login: '],
    ),
    on: { admin: 'password' },
  },
  password: { says: 'Password: ', on: { '': 'banner' } },
  banner: {
    says: lines(
      ...[' ', 'Cisco NX-OS Software', 'Copyright (c) 2002-2021, Cisco Systems, Inc. All rights reserved.'],
      ...['***************************************************************************', 'switch# '],
    ),
    otherwise: 'prompt',
    on: { 'show clock': 'clock' },
  },
  prompt: { says: 'switch# ', on: { 'show clock': 'clock' } },
  clock: { says: '23:51:02.123 UTC Fri Apr 22 2022\r\nswitch# ', otherwise: 'prompt' },
})

export const newNexus: RecordedDialog = {
  platform: 'cisco_nxos',
  source: 'console of a Nexus 9000v with NX-OS 10.2(2), published introduction: the question is part of a log line',
  scenes: nexus({
    start: {
      says: `2022 Apr 22 23:49:35 switch %$ VDC-1 %$ %POAP-2-POAP_INFO: - ${poap}\r\n`,
      on: { skip: 'skipped' },
    },
  }),
}

export const failingNexus: RecordedDialog = {
  platform: 'cisco_nxos',
  source: 'console of a Nexus 9500 with NX-OS 9.3, published test data: the question comes again and again between log lines',
  scenes: nexus({
    start: {
      says: lines(
        '2020 Apr 29 00:29:44 switch %$ VDC-1 %$ %POAP-2-POAP_FAILURE: [FOX0000AAAA-00:00:00:00:00:01] - POAP DHCP discover phase failed',
        `2020 Apr 29 00:29:46 switch %$ VDC-1 %$ %POAP-2-POAP_INFO:   - ${poap}`,
        '',
      ),
      on: { skip: 'skipped' },
      otherwise: 'again',
    },
    again: {
      says: lines(
        '2020 Apr 29 00:29:49 switch %$ VDC-1 %$ %POAP-2-POAP_INFO: [FOX0000AAAA-00:00:00:00:00:01] - USB disk not detected',
        '2020 Apr 29 00:29:49 switch %$ VDC-1 %$ last message repeated 1 time',
        `2020 Apr 29 00:29:49 switch %$ VDC-1 %$ %POAP-2-POAP_INFO:   - ${poap}`,
        '',
      ),
      on: { skip: 'skipped' },
    },
  }),
}

/** Plays the device. @param isHeard whether its first words reach us, or were read by somebody before */
export function play({ scenes }: RecordedDialog, isHeard: boolean) {
  let at = 'start'
  let line = ''
  const executed: string[] = []
  const sceneOf = (name: string): Scene => {
    const scene = scenes[name]
    if (scene === undefined) throw new Error(`no scene ${name}`)
    return scene
  }
  const device = createFakeDevice((text, self) => {
    const go = (to: string): void => {
      at = to
      self.say(sceneOf(to).says)
    }
    for (const key of text) {
      const { on, otherwise, confirms } = sceneOf(at)
      if (confirms !== undefined) {
        self.say('\r\n')
        go(key === '\r' || key === 'y' ? confirms[0] : confirms[1])
        continue
      }
      if (key === '\x15') {
        self.say('\b \b'.repeat(line.length))
        line = ''
        continue
      }
      if (key < ' ' && key !== '\r') continue
      if (key !== '\r') {
        line += key
        if (at !== 'password') self.say(key)
        continue
      }
      const typed = line.trim()
      line = ''
      executed.push(`${at}: ${typed}`)
      self.say('\r\n')
      go(on?.[typed] ?? otherwise ?? at)
    }
  })
  if (isHeard) device.say(sceneOf(at).says)
  return { device, executed, scene: () => at }
}
