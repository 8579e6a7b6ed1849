import { describe, expect, it } from 'vitest'
import { replies, startTwoLans } from './two-lans.ts'

describe('two LANs behind two routers', () => {
  it('reach each other, two hops less of TTL, frame by frame', async () => {
    const lab = await startTwoLans()
    const pc = await lab.pc('PC1')
    const first = await pc.run('ping 10.2.2.11 -c 5')
    expect(replies(first, '10.2.2.11')).toBeGreaterThanOrEqual(3)
    const warm = await pc.run('ping 10.2.2.11 -c 5')
    expect(replies(warm, '10.2.2.11')).toBe(5)
    expect(warm).toContain('ttl=62')
    const trace = await pc.run('trace 10.2.2.11')
    expect(trace).toMatch(/ 1 {3}10\.1\.1\.1 [\s\S]* 2 {3}10\.0\.12\.2 [\s\S]* 3 {3}\*10\.2\.2\.11 .*type:3, code:3/)
    await lab.network.close()
  })

  it('answer "host unreachable" from the router that has no route', async () => {
    const lab = await startTwoLans()
    const pc = await lab.pc('PC1')
    expect(await pc.run('ping 172.16.0.1 -c 1')).toMatch(
      /^\*10\.1\.1\.1 icmp_seq=1 ttl=255 time=[\d.]+ ms \(ICMP type:3, code:1, Destination host unreachable\)$/,
    )
    await lab.network.close()
  })

  it('time out when the way back is missing, though the requests arrive', async () => {
    const lab = await startTwoLans({ r2: { route: '' } })
    const pc = await lab.pc('PC1')
    expect(await pc.run('ping 10.2.2.11 -c 2')).toBe('10.2.2.11 icmp_seq=1 timeout\r\n10.2.2.11 icmp_seq=2 timeout')
    await lab.network.close()
  })

  it('fail at the gateway when the PC names one that is not there', async () => {
    const lab = await startTwoLans({ pc1: 'ip 10.1.1.11/24 10.1.1.254' })
    const pc = await lab.pc('PC1')
    expect(await pc.run('ping 10.2.2.11')).toBe('host (10.1.1.254) not reachable')
    expect(replies(await pc.run('ping 10.1.1.1 -c 2'), '10.1.1.1')).toBeGreaterThan(0)
    await lab.network.close()
  })

  it('hide a mask that is too wide behind proxy ARP, and show it without', async () => {
    const hidden = await startTwoLans({ pc1: 'ip 10.1.1.11/8 10.1.1.1' })
    const pc = await hidden.pc('PC1')
    await pc.run('ping 10.2.2.11 -c 3')
    expect(replies(await pc.run('ping 10.2.2.11 -c 2'), '10.2.2.11')).toBe(2)
    await hidden.network.close()
    const shown = await startTwoLans({ pc1: 'ip 10.1.1.11/8 10.1.1.1', lanOptions: ' no ip proxy-arp\n' })
    expect(await (await shown.pc('PC1')).run('ping 10.2.2.11 -c 2')).toBe('host (10.2.2.11) not reachable')
    await shown.network.close()
  })

  it('lose contact while an interface is shut, and get it back', async () => {
    const lab = await startTwoLans()
    const router = await lab.router('R1')
    const pc = await lab.pc('PC1')
    await pc.run('ping 10.2.2.11 -c 3')
    await router.configure('interface FastEthernet0/0', 'shutdown')
    await lab.advance(4_000)
    expect(router.text()).toContain('%LINK-5-CHANGED: Interface FastEthernet0/0, changed state to administratively down')
    expect(replies(await pc.run('ping 10.2.2.11 -c 2'), '10.2.2.11')).toBe(0)
    await router.ask('\r', /R1#$/)
    await router.configure('interface f0/0', 'no shutdown')
    await lab.advance(4_000)
    expect(router.text()).toMatch(
      /%LINK-3-UPDOWN: Interface FastEthernet0\/0, changed state to up[\s\S]*%LINEPROTO-5-UPDOWN: Line protocol on Interface FastEthernet0\/0, changed state to up/,
    )
    await pc.run('ping 10.2.2.11 -c 2')
    expect(replies(await pc.run('ping 10.2.2.11 -c 2'), '10.2.2.11')).toBe(2)
    await lab.network.close()
  })

  it('give no answer over a suspended link, and 400 ms over one with 200 ms delay', async () => {
    const lab = await startTwoLans()
    const pc = await lab.pc('PC1')
    await pc.run('ping 10.2.2.11 -c 3')
    lab.network.setLink(lab.core, { suspended: true })
    expect(replies(await pc.run('ping 10.2.2.11 -c 2'), '10.2.2.11')).toBe(0)
    lab.network.setLink(lab.core, { suspended: false, filters: { delay: [200, 0] } })
    expect(await pc.run('ping 10.2.2.11 -c 1')).toMatch(/time=4\d\d\.\d+ ms/)
    lab.network.setLink(lab.core, { filters: { packet_loss: [100] } })
    expect(replies(await pc.run('ping 10.2.2.11 -c 2'), '10.2.2.11')).toBe(0)
    await lab.network.close()
  })

  it('are filtered by an access list, which the router says', async () => {
    const lab = await startTwoLans()
    const router = await lab.router('R1')
    const pc = await lab.pc('PC1')
    await pc.run('ping 10.2.2.11 -c 3')
    await router.configure(
      'access-list 101 deny icmp any host 10.2.2.11',
      'access-list 101 permit ip any any',
      'interface f0/0',
      'ip access-group 101 in',
    )
    expect(await pc.run('ping 10.2.2.11 -c 1')).toContain('(ICMP type:3, code:13, Communication administratively prohibited)')
    expect(replies(await pc.run('ping 10.2.2.1 -c 1'), '10.2.2.1')).toBe(1)
    await lab.network.close()
  })

  it('repeat everything, round-trip times included, with the same seed', async () => {
    const run = async (seed: number) => {
      const lab = await startTwoLans({ seed })
      const pc = await lab.pc('PC1')
      const seen = (await pc.run('ping 10.2.2.11 -c 5')) + (await pc.run('trace 10.2.2.11'))
      await lab.network.close()
      return seen
    }
    const first = await run(7)
    expect(await run(7)).toBe(first)
    expect(await run(8)).not.toBe(first)
  })

  it('go on after hibernation where they were, unsaved settings included', async () => {
    const lab = await startTwoLans()
    const router = await lab.router('R1')
    await (await lab.pc('PC1')).run('ip 10.1.1.55/24 10.1.1.1')
    await router.configure('interface Loopback0', 'ip address 1.1.1.1 255.255.255.255')
    const state: unknown = JSON.parse(JSON.stringify(lab.network.snapshot()))
    await lab.network.close()
    const woken = await startTwoLans()
    for (const id of ['PC1', 'PC2', 'R1', 'R2']) await woken.network.stop(id)
    woken.network.restore(state)
    const again = woken.open('PC1')
    await woken.advance(1_000)
    expect(await again.ask('show ip\r', /MTU[\s\S]*> $/)).toContain('10.1.1.55/24')
    expect(await again.ask('ping 1.1.1.1 -c 2\r', /icmp_seq=2[\s\S]*> $/)).toContain('84 bytes from 1.1.1.1')
    const r1 = woken.open('R1')
    expect(await r1.ask('\r', /R1#$/)).toContain('R1#')
    await woken.network.close()
  })

  it('stand still while the VM is suspended, and lose nothing', async () => {
    const lab = await startTwoLans()
    const pc = await lab.pc('PC1')
    await pc.run('ping 10.2.2.11 -c 3')
    pc.type('ping 10.2.2.11 -c 4\r')
    await lab.advance(1_500)
    lab.network.freeze()
    const before = pc.text()
    pc.type('echo later\r')
    await lab.advance(60_000)
    expect(pc.text()).toBe(before)
    lab.network.thaw()
    const seen = await pc.waitFor(/later\r\n\r?\n?\r?PC1> $|echo later\r\nlater[\s\S]*PC1> $/)
    expect(replies(seen, '10.2.2.11')).toBe(4)
    await lab.network.close()
  })
})
