import { createTestLab, type TestConsole } from './lab-kit.ts'

export interface RouterText {
  readonly lan: string
  readonly core: string
  readonly route: string
  /** More lines of the startup configuration. */
  readonly more?: string
}

const c3725 = (id: number) => ({
  platform: 'c3725',
  slot0: 'GT96100-FE',
  dynamips_id: id,
  mac_addr: `c20${id}.404e.0000`,
  image: 'c3725-adventerprisek9-mz.124-15.T14.image',
})

const startup = (name: string, text: RouterText, lanOptions = '') =>
  `!\nhostname ${name}\ninterface FastEthernet0/0\n ip address ${text.lan}\n${lanOptions}interface FastEthernet0/1\n ip address ${text.core}\n${text.route}\n${text.more ?? ''}end\n`

/** The lab of sample5: PC1 - SW1 - R1 - R2 - SW2 - PC2, solved unless an option breaks it. */
export async function startTwoLans(
  options: { pc1?: string; pc2?: string; r1?: Partial<RouterText>; r2?: Partial<RouterText>; lanOptions?: string; seed?: number } = {},
) {
  const lab = createTestLab(options.seed === undefined ? {} : { seed: options.seed })
  const r1 = {
    lan: '10.1.1.1 255.255.255.0',
    core: '10.0.12.1 255.255.255.252',
    route: 'ip route 10.2.2.0 255.255.255.0 10.0.12.2',
    ...options.r1,
  }
  const r2 = {
    lan: '10.2.2.1 255.255.255.0',
    core: '10.0.12.2 255.255.255.252',
    route: 'ip route 10.1.1.0 255.255.255.0 10.0.12.1',
    ...options.r2,
  }
  lab.add('PC1', 'vpcs', {}, { 'startup.vpc': `set pcname PC1\n${options.pc1 ?? 'ip 10.1.1.11/24 10.1.1.1'}\n` })
  lab.add('PC2', 'vpcs', {}, { 'startup.vpc': `set pcname PC2\n${options.pc2 ?? 'ip 10.2.2.11/24 10.2.2.1'}\n` })
  lab.add('R1', 'dynamips', c3725(1), { 'configs/i1_startup-config.cfg': startup('R1', r1, options.lanOptions) })
  lab.add('R2', 'dynamips', c3725(2), { 'configs/i2_startup-config.cfg': startup('R2', r2, options.lanOptions) })
  lab.add('SW1', 'ethernet_switch')
  lab.add('SW2', 'ethernet_switch')
  lab.link('PC1', 'SW1:0/0')
  lab.link('SW1:0/1', 'R1:0/0')
  const core = lab.link('R1:0/1', 'R2:0/1')
  lab.link('R2:0/0', 'SW2:0/0')
  lab.link('SW2:0/1', 'PC2')
  for (const id of ['PC1', 'PC2', 'R1', 'R2']) await lab.network.start(id)
  await lab.advance(25_000)
  return { ...lab, core, pc: (id: string) => openPc(lab.open(id), id), router: (id: string) => openRouter(lab.open(id), id) }
}

/** A PC at its prompt; the answer to a command is what stands between echo and prompt. */
export async function openPc(console: TestConsole, name: string) {
  const prompt = new RegExp(`\\n\\r${name}> $`)
  await console.waitFor(prompt)
  return {
    ...console,
    run: async (command: string) => (await console.ask(`${command}\r`, prompt)).replace(`${command}\r\n`, '').replace(prompt, '').trim(),
  }
}

/** A router in privileged mode, without paging. */
export async function openRouter(console: TestConsole, name: string) {
  const prompt = new RegExp(`(^|\\n)${name}(\\([a-z-]+\\))?#$`)
  await console.waitFor(/started!?\r\n/)
  await console.ask('\r', new RegExp(`${name}>$`))
  await console.ask('enable\r', prompt)
  await console.ask('terminal length 0\r', prompt)
  const run = async (command: string) =>
    (await console.ask(`${command}\r`, prompt, 300_000)).replace(`${command}\r\n`, '').replace(new RegExp(`${name}(\\([a-z-]+\\))?#$`), '')
  const configure = async (...lines: string[]) => {
    let printed = ''
    for (const line of ['configure terminal', ...lines, 'end']) printed += await run(line)
    return printed
  }
  return { ...console, run, configure }
}

export const replies = (answer: string, from: string): number =>
  answer.split('\n').filter((line) => line.includes(`84 bytes from ${from} `)).length
