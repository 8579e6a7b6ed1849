import { describe, expect, it } from 'vitest'
import { normalise, readCapture, startCaptureLab } from './capture-lab.ts'

/** Each recorded session typed again: what the simulated PC sends must be byte for byte what the real one sent. */
const sessions: readonly {
  capture: string
  device: 'PC1' | 'PC2'
  typed: readonly string[]
  fault?: readonly [string, string]
  seconds?: number
}[] = [
  { capture: 'vpcs/ping_ok_c2', device: 'PC1', typed: ['ping 10.2.2.11 -c 2\r'], seconds: 2 },
  { capture: 'vpcs/ping_same_lan_absent', device: 'PC1', typed: ['ping 10.1.1.99 -c 2\r'], seconds: 3 },
  {
    capture: 'vpcs/ping_pc2_no_gateway',
    device: 'PC2',
    typed: ['ip 10.1.1.12/24\r', 'ping 10.2.2.11 -c 2\r', 'show ip\r', 'ip 10.1.1.12/24 10.1.1.1\r'],
    seconds: 6,
  },
  {
    capture: 'vpcs/ping_pc2_wrong_mask',
    device: 'PC2',
    typed: ['ip 10.1.1.12/8 10.1.1.1\r', 'ping 10.2.2.11 -c 2\r', 'ip 10.1.1.12/24 10.1.1.1\r'],
    seconds: 9,
  },
  {
    capture: 'vpcs/ping_no_ip',
    device: 'PC2',
    typed: ['clear ip\r', 'ping 10.2.2.11 -c 2\r', 'show ip\r', 'ip 10.1.1.12/24 10.1.1.1\r'],
    seconds: 6,
  },
  { capture: 'vpcs/dhcp_fail', device: 'PC2', typed: ['ip dhcp\r', 'ip 10.1.1.12/24 10.1.1.1\r'], seconds: 16 },
  { capture: 'vpcs/bad_command', device: 'PC1', typed: ['shwo ip\r', 'ping\r', 'ping 10.2.2.999 -c 1\r', 'show nothing\r'], seconds: 0 },
  { capture: 'vpcs/trace_ok', device: 'PC1', typed: ['trace 10.2.2.11\r'], seconds: 0 },
  { capture: 'vpcs/trace_ok_icmp', device: 'PC1', typed: ['trace 10.2.2.11 -P 1\r'], seconds: 0 },
  {
    capture: 'vpcs/missing_route_return',
    device: 'PC1',
    typed: ['ping 10.2.2.11 -c 2\r', 'trace 10.2.2.11 -m 4\r'],
    fault: ['r2', 'ip route replace blackhole 10.1.1.0/24'],
    seconds: 13,
  },
  { capture: 'vpcs/save', device: 'PC1', typed: ['save\r'], seconds: 0 },
  { capture: 'vpcs/show', device: 'PC1', typed: ['show\r'], seconds: 0 },
  { capture: 'vpcs/help', device: 'PC1', typed: ['?\r'], seconds: 0 },
  { capture: 'vpcs/show_version', device: 'PC1', typed: ['show version\r'], seconds: 0 },
  { capture: 'vpcs/typeahead', device: 'PC1', typed: ['ping 10.2.2.11 -c 2\rshow ip\r'], seconds: 2 },
  { capture: 'vpcs/long_line', device: 'PC1', typed: [`echo ${'abcdefghij'.repeat(11)}\r`], seconds: 0 },
]

describe('a VPCS console', () => {
  it.each(sessions)('sends what the recorded one sent: $capture', async ({ capture, device, typed, fault, seconds }) => {
    const lab = await startCaptureLab()
    if (fault !== undefined) await lab.root(fault[0], fault[1])
    const console = lab.open(device)
    const prompt = new RegExp(`\\n\\r${device}> $`)
    await console.waitFor(prompt)
    let seen = await console.ask('\r', prompt)
    const startedAt = lab.clock.now()
    for (const line of typed) seen += await console.ask(line, prompt)
    const tookSeconds = (lab.clock.now() - startedAt) / 1_000
    const recorded = readCapture(capture)
    expect(normalise(seen)).toBe(normalise(recorded.slice(recorded.indexOf(`\r\n\r${device}> `))))
    if (seconds !== undefined) expect(tookSeconds).toBeCloseTo(seconds, 0)
    await lab.network.close()
  })

  it('gives the first client its own negotiation, the banner and the start of the startup file', async () => {
    const lab = await startCaptureLab()
    const seen = await lab.open('PC2').waitFor(/PC2> $/)
    const recorded = readCapture('vpcs/ping_pc2_wrong_gateway')
    const backlog = recorded.slice('GREETING....'.length, recorded.indexOf('PC2> ') + 'PC2> '.length)
    expect(normalise(seen)).toBe(normalise(backlog))
    await lab.network.close()
  })

  it('starts without a name, an address or a startup file when nothing was saved', async () => {
    const lab = await startCaptureLab()
    await lab.network.start('PC0')
    const console = lab.open('PC0')
    const seen = await console.waitFor(/VPCS> $/)
    const recorded = readCapture('gns3_vpcs/vpcs-00-fresh-connect-first-client')
    expect(normalise(seen)).toBe(normalise(recorded.slice(12, recorded.indexOf('VPCS> ') + 6)))
    await lab.network.close()
  })

  it('loses a command that comes less than 100 ms behind a lone Enter, and takes it after 150 ms', async () => {
    const lab = await startCaptureLab()
    const console = lab.open('PC1')
    await console.waitFor(/PC1> $/)
    console.type('\r')
    await lab.advance(20)
    console.type('show ip\r')
    await lab.advance(1_000)
    expect(console.text()).not.toContain('NAME')
    await console.ask('\r', /PC1> $/)
    await lab.advance(150)
    expect(await console.ask('show ip\r', /MTU {9}: 1500[\s\S]*PC1> $/)).toContain('10.1.1.11/24')
    await lab.network.close()
  })

  it('echoes what is typed into a running ping and runs it afterwards', async () => {
    const lab = await startCaptureLab()
    const console = lab.open('PC1')
    await console.waitFor(/PC1> $/)
    console.type('ping 10.2.2.11 -c 3\r')
    await lab.advance(500)
    console.type('show ip\r')
    const seen = await console.waitFor(/MTU[\s\S]*PC1> $/)
    const recorded = readCapture('gns3_telnet/two_clients_A')
    const expected = recorded.slice(recorded.indexOf('ping 10.2.2.11'))
    expect(normalise(seen).replace('DNS         : \r', 'DNS         : 10.2.2.100  \r')).toBe(normalise(expected))
    await lab.network.close()
  })

  it('stops an endless ping at Ctrl-C within half a second', async () => {
    const lab = await startCaptureLab()
    const console = lab.open('PC1')
    await console.waitFor(/PC1> $/)
    console.type('ping 10.2.2.11 -t\r')
    await lab.advance(700)
    const seen = await console.ask('\x03', /\n\rPC1> $/, 500)
    expect(normalise(`\r\n\rPC1> ${seen}`)).toBe(normalise(readCapture('vpcs/ctrl_c_interrupts_ping').slice(15)))
    await lab.network.close()
  })

  it('takes keys one by one, a backspace among them', async () => {
    const lab = await startCaptureLab()
    const console = lab.open('PC1')
    await console.waitFor(/PC1> $/)
    for (const key of 'echo onX\x7fe\r') {
      console.type(key)
      await lab.advance(150)
    }
    expect(console.text()).toBe('echo onX\b \be\r\none\r\n\rPC1> ')
    await lab.network.close()
  })

  it('is left without an address when another host has it already', async () => {
    const lab = await startCaptureLab()
    const console = lab.open('PC2')
    await console.waitFor(/PC2> $/)
    const refused = await console.ask('ip 10.1.1.11/24\r', /\n\rPC2> $/)
    expect(refused).toContain('10.1.1.11 is being used by MAC 00:50:79:66:68:01\r\nAddress not changed\r\n')
    expect(await console.ask('show ip\r', /\n\rPC2> $/)).toContain('IP/MASK     : 0.0.0.0/0')
    await lab.network.close()
  })

  it('saves what the next start executes', async () => {
    const lab = await startCaptureLab()
    const console = lab.open('PC2')
    await console.waitFor(/PC2> $/)
    await console.ask('ip 10.1.1.77/24 10.1.1.1\r', /\n\rPC2> $/)
    await console.ask('save\r', /\n\rPC2> $/)
    await console.ask('ip 10.1.1.78/24\r', /\n\rPC2> $/)
    await lab.network.stop('PC2')
    expect(console.isClosed()).toBe(true)
    await lab.network.start('PC2')
    const again = lab.open('PC2')
    await again.waitFor(/PC2> $/)
    expect(await again.ask('show ip\r', /MTU[\s\S]*> $/)).toMatch(/IP\/MASK {5}: 10\.1\.1\.77\/24\r\nGATEWAY {5}: 10\.1\.1\.1\r/)
    await lab.network.close()
  })
})
