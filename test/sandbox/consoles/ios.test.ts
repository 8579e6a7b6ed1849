import { describe, expect, it } from 'vitest'
import { createRandom } from '../../../src/sandbox/network/simulation.ts'
import { createTestLab } from '../network/lab-kit.ts'
import { startTwoLans } from '../network/two-lans.ts'

describe('an IOS console', () => {
  it('asks for the initial configuration when nothing is saved, then waits for RETURN', async () => {
    const lab = createTestLab()
    lab.add('R1', 'dynamips', { platform: 'c3725', dynamips_id: 1 })
    await lab.network.start('R1')
    const console = lab.open('R1')
    const boot = await console.waitFor(/\[yes\/no\]: $/)
    expect(boot).toMatch(/^Connected to Dynamips VM "R1" \(ID 1, type c3725\) - Console port\r\n/)
    await console.ask('maybe\r', /% Please answer 'yes' or 'no'\.\r\n.*\[yes\/no\]: $/)
    await console.ask('no\r', /Press RETURN to get started!/)
    await console.ask('\r', /Router>$/)
    expect(lab.network.ports('R1').map((port) => port.name)).toEqual(['FastEthernet0/0', 'FastEthernet0/1'])
    await lab.network.close()
  })

  it('loses the first packet of a cold path to ARP and counts it', async () => {
    const lab = await startTwoLans()
    const router = await lab.router('R1')
    const cold = await router.run('ping 10.1.1.11')
    expect(cold).toMatch(
      /Sending 5, 100-byte ICMP Echos to 10\.1\.1\.11, timeout is 2 seconds:\r\n\.!!!!\r\nSuccess rate is 80 percent \(4\/5\), round-trip min\/avg\/max = \d+\/\d+\/\d+ ms\r\n/,
    )
    expect(await router.run('ping 10.1.1.11 repeat 3')).toContain('!!!\r\nSuccess rate is 100 percent (3/3)')
    const startedAt = lab.clock.now()
    expect(await router.run('ping 10.9.9.9 repeat 2 timeout 1')).toContain('..\r\nSuccess rate is 0 percent (0/2)\r\n')
    expect(lab.clock.now() - startedAt).toBeGreaterThanOrEqual(2_000)
    await lab.network.close()
  })

  it('traces with the options of the evaluator', async () => {
    const lab = await startTwoLans()
    const router = await lab.router('R1')
    await router.run('ping 10.2.2.11')
    expect(await router.run('traceroute 10.2.2.11 numeric probe 2 timeout 1 ttl 1 8')).toMatch(
      /Tracing the route to 10\.2\.2\.11\r\n\r\n {2}1 10\.0\.12\.2 \d+ msec \d+ msec\r\n {2}2 10\.2\.2\.11 \d+ msec \d+ msec\r\n/,
    )
    await lab.network.close()
  })

  it('loses the first probe of each cold hop to ARP, and finds a PC by the next probe of the same hop alone', async () => {
    const seeds = [1, 2, 3, 4]
    for (const seed of seeds) {
      const lab = await startTwoLans({ seed })
      const router = await lab.router('R1')
      const hops = (await router.run('traceroute 10.2.2.11 numeric probe 2 timeout 1 ttl 1 8'))
        .split('\r\n')
        .filter((line) => /^ {1,2}\d/.test(line))
      expect(hops).toEqual([
        expect.stringMatching(/^ {2}1 .*10\.0\.12\.2 \d+ msec/),
        expect.stringMatching(/^ {2}2 {2}\* {2}10\.2\.2\.11 \d+ msec$/),
      ])
      await lab.network.close()
    }
  })

  it('never sees a cold PC with one probe per hop: later ones arrive with a TTL at which VPCS echoes them', async () => {
    const lab = await startTwoLans()
    const router = await lab.router('R1')
    const command = 'traceroute 10.2.2.11 numeric probe 1 timeout 1 ttl 1 5'
    expect(await router.run(command)).toMatch(/ {2}2 {2}\* \r\n {2}3 {2}\* \r\n {2}4 {2}\* \r\n {2}5 {2}\* \r\n/)
    expect(await router.run(command)).toMatch(/ {2}1 10\.0\.12\.2 \d+ msec\r\n {2}2 10\.2\.2\.11 \d+ msec\r\n/)
    await lab.network.close()
  })

  it('breaks a ping at Ctrl-Shift-6, and not the next one', async () => {
    const lab = await startTwoLans()
    const router = await lab.router('R1')
    router.type('ping 10.9.9.9 repeat 1000\r')
    await lab.advance(5_000)
    expect(await router.ask('\x1e', /R1#$/, 500)).toMatch(/\.\.\r\nSuccess rate is 0 percent \(0\/2\)/)
    expect(await router.run('ping 10.9.9.9 repeat 2 timeout 1')).toContain('..\r\nSuccess rate is 0 percent (0/2)\r\n')
    await lab.network.close()
  })

  it('marks what it does not understand', async () => {
    const lab = await startTwoLans()
    const router = await lab.router('R1')
    expect(await router.run('show bananas')).toBe("        ^\r\n% Invalid input detected at '^' marker.\r\n\r\n")
    expect(await router.run('show')).toBe('% Incomplete command.\r\n\r\n')
    expect(await router.run('t')).toBe('% Ambiguous command:  "t"\r\n')
    const startedAt = lab.clock.now()
    expect(await router.run('shwo')).toBe(
      'Translating "shwo"...domain server (255.255.255.255)\r\n\r\n% Unknown command or computer name, or unable to find computer address\r\n',
    )
    expect(lab.clock.now() - startedAt).toBeGreaterThan(5_000)
    await lab.network.close()
  })

  it('shows interfaces and routes as IOS 12.4 does', async () => {
    const lab = await startTwoLans({ r1: { more: 'ip route 0.0.0.0 0.0.0.0 10.0.12.2\nip route 10.9.0.0 255.255.0.0 Null0\n' } })
    const router = await lab.router('R1')
    expect(await router.run('sh ip int br')).toContain(
      'FastEthernet0/0            10.1.1.1        YES manual up                    up      \r\n',
    )
    const routes = await router.run('show ip route')
    expect(routes).toContain('Gateway of last resort is 10.0.12.2 to network 0.0.0.0\r\n')
    expect(routes).toContain('     10.0.0.0/8 is variably subnetted, 4 subnets, 3 masks\r\n')
    expect(routes).toContain('C       10.1.1.0/24 is directly connected, FastEthernet0/0\r\n')
    expect(routes).toContain('S       10.2.2.0/24 [1/0] via 10.0.12.2\r\n')
    expect(routes).toContain('S*   0.0.0.0/0 [1/0] via 10.0.12.2\r\n')
    expect(await router.run('show ip route 10.2.2.0 255.255.255.0')).toMatch(
      /^Routing entry for 10\.2\.2\.0\/24\r\n {2}Known via "static", distance 1, metric 0\r\n {2}Routing Descriptor Blocks:\r\n {2}\* 10\.0\.12\.2\r\n/,
    )
    expect(await router.run('show ip route 10.7.7.0 255.255.255.0')).toBe('% Subnet not in table\r\n')
    expect(await router.run('show ip route 192.168.9.0 255.255.255.0')).toBe('% Network not in table\r\n')
    await lab.network.close()
  })

  it('pages by --More-- until the length is 0', async () => {
    const lab = await startTwoLans()
    const router = await lab.router('R1')
    await router.run('terminal length 10')
    router.type('show running-config\r')
    const first = await router.waitFor(/ --More-- $/)
    expect(first.split('\r\n')).toHaveLength(11) // the echo, 9 lines, the question
    const second = await router.ask(' ', / --More-- $|#$/)
    expect(second.startsWith(`${'\b'.repeat(9)}${' '.repeat(8)}${'\b'.repeat(9)}`)).toBe(true)
    await router.ask('q', /R1#$/)
    await router.run('terminal length 0')
    expect(await router.run('show running-config')).not.toContain('--More--')
    expect(await router.run('show running-config | include ip route')).toBe('ip route 10.2.2.0 255.255.255.0 10.0.12.2\r\n')
    expect(await router.run('show run | section interface FastEthernet0/0')).toContain(' ip address 10.1.1.1 255.255.255.0\r\n')
    await lab.network.close()
  })

  it('keeps what was written and forgets the rest at a power cut', async () => {
    const lab = await startTwoLans()
    const router = await lab.router('R1')
    await router.configure('interface Loopback0', 'ip address 1.1.1.1 255.255.255.255')
    await lab.advance(200)
    expect(await router.run('write memory')).toContain('Building configuration...\r\n[OK]\r\n')
    await router.configure('interface Loopback1', 'ip address 2.2.2.2 255.255.255.255')
    await lab.network.stop('R1')
    await lab.network.start('R1')
    await lab.advance(25_000)
    const again = await lab.router('R1')
    const shown = await again.run('show ip interface brief')
    expect(shown).toContain('Loopback0                  1.1.1.1')
    expect(shown).not.toContain('Loopback1')
    await lab.network.close()
  })

  it('prints log lines behind the prompt, and a mode that Ctrl-C and Ctrl-Z leave', async () => {
    const lab = await startTwoLans()
    const router = await lab.router('R1')
    await router.ask('configure terminal\r', /R1\(config\)#$/)
    await router.ask('interface f0/1\r', /R1\(config-if\)#$/)
    await router.ask('\x1a', /R1#$/)
    await lab.advance(200)
    expect(router.text()).toMatch(/^\r\n\*Mar {2}1 \d\d:\d\d:\d\d\.\d{3}: %SYS-5-CONFIG_I: Configured from console by console$/)
    await router.ask('conf t\r', /R1\(config\)#$/)
    await router.ask('\x03', /R1#$/)
    await router.ask('hal\x15', /\x08/)
    expect(await router.run('show privilege')).toContain('Current privilege level is 15\r\n')
    await lab.network.close()
  })

  it('asks for the enable secret and takes three wrong ones', async () => {
    const lab = await startTwoLans({ r1: { more: 'enable secret cisco\n' } })
    const console = lab.open('R1')
    await console.waitFor(/started/)
    await console.ask('\r', /R1>$/)
    await console.ask('enable\r', /Password: $/)
    expect(await console.ask('wrong\r', /Password: $/)).not.toContain('wrong')
    await console.ask('wrong\r', /Password: $/)
    await console.ask('wrong\r', /% Bad secrets\r\n\r\nR1>$/)
    await console.ask('enable\r', /Password: $/)
    await console.ask('cisco\r', /R1#$/)
    await lab.network.close()
  })

  it('reboots after a confirmed reload, without what was not saved', async () => {
    const lab = await startTwoLans()
    const router = await lab.router('R1')
    await router.run('configure terminal')
    await router.ask('hostname Other\r', /Other\(config\)#$/)
    await router.ask('end\r', /Other#$/)
    await router.ask('reload\r', /System configuration has been modified\. Save\? \[yes\/no\]: $/)
    await router.ask('no\r', /Proceed with reload\? \[confirm\]$/)
    await router.ask('\r', /Press RETURN to get started!/)
    await router.ask('\r', /R1>$/)
    await lab.network.close()
  })

  it('takes any bytes at all and answers afterwards', async () => {
    const lab = await startTwoLans()
    const router = await lab.router('R1')
    const faults: unknown[] = []
    const onWarning = (warning: Error) => faults.push(warning)
    process.on('warning', onWarning)
    const random = createRandom(3)
    for (let index = 0; index < 400; index += 1) {
      router.type(String.fromCharCode(Math.floor(random() * 256)))
      await lab.advance(1)
    }
    await router.ask('\x1e\x03\x15\rend\r', /R1[>#]$/, 300_000)
    await new Promise((resolve) => setImmediate(resolve))
    process.off('warning', onWarning)
    expect(faults).toEqual([])
    await lab.network.close()
  })
})
