import { describe, expect, it } from 'vitest'
import { createTestLab } from '../network/lab-kit.ts'
import { normalise, readCapture, startCaptureLab } from './capture-lab.ts'

const prompt = /root@h1:~# $/

const sessions: readonly { capture: string; typed: readonly string[]; fault?: string }[] = [
  { capture: 'linux/ping_ok_rc', typed: ['ping -c 2 -W 1 10.2.2.11; echo RC=$?\r'] },
  { capture: 'linux/ping_host_unreachable', typed: ['ping -c 2 -W 1 10.1.1.99; echo RC=$?\r'] },
  { capture: 'linux/no_such_command', typed: ['foobar; echo RC=$?\r', 'cat /nonexistent; echo RC=$?\r'] },
  { capture: 'linux/long_line', typed: [`echo ${'abcdefghij'.repeat(11)}\r`, 'echo done\r'] },
  { capture: 'linux/wide_output_no_newline', typed: ['printf "no newline at end"\r', 'true\r'] },
  { capture: 'linux/ping_no_default', typed: ['ping -c 2 10.2.2.11; echo RC=$?\r'], fault: 'ip route del default' },
  { capture: 'linux/traceroute_ok', typed: ['traceroute -n -w 1 10.2.2.11; echo RC=$?\r'] },
  { capture: 'linux/ip_route', typed: ['ip route\r', 'ip route get 10.2.2.11\r'] },
  {
    capture: 'linux/wrong_mask',
    typed: [
      'ip addr flush dev eth0; ip addr add 10.1.1.100/8 dev eth0\r',
      'ping -c 2 -W 1 10.2.2.11; echo RC=$?\r',
      'ip addr flush dev eth0; ip addr add 10.1.1.100/24 dev eth0; ip route add default via 10.1.1.1\r',
    ],
  },
  {
    capture: 'linux/long_line_stty_cols',
    typed: [
      'stty cols 500\r',
      `echo ${'abcdefghij'.repeat(11)}\r`,
      'bind "set enable-bracketed-paste off"\r',
      `echo ${'abcdefghij'.repeat(11)}\r`,
      'stty cols 80\r',
      'bind "set enable-bracketed-paste on"\r',
    ],
  },
]

describe('a Linux console', () => {
  it.each(sessions)('sends what the recorded one sent: $capture', async ({ capture, typed, fault }) => {
    const lab = await startCaptureLab()
    const console = lab.open('h1')
    await console.waitFor(prompt)
    if (fault !== undefined) await console.ask(`${fault}\r`, prompt)
    let seen = '\x1b[?2004hroot@h1:~# '
    for (const line of typed) seen += await console.ask(line, prompt)
    const recorded = readCapture(capture)
    expect(normalise(seen)).toBe(normalise(recorded.slice(recorded.indexOf('\x1b[?2004h'))))
    await lab.network.close()
  })

  it('runs a clean child shell without line editing, and the old one is there again after it', async () => {
    const lab = await startCaptureLab()
    const console = lab.open('h1')
    await console.waitFor(prompt)
    const opened = await console.ask(
      ` (POSIXLY_CORRECT=1; \\exec /usr/bin/env -i HOME="$HOME" PATH=/bin:/usr/bin PS1='@np''12> ' /bin/sh)\r`,
      /@np12> $/,
    )
    expect(opened.endsWith('\x1b[?2004l\r@np12> ')).toBe(true)
    await console.ask('np_s=$(stty -g 2>/dev/null); np_z=$(stty size 2>/dev/null); stty echo cols 512 rows 50 2>/dev/null\r', /@np12> $/)
    expect(await console.ask('echo "a  b" \'$HOME\' $HOME; false || echo "@@$?@x"\r', /@np12> $/)).toContain(
      '\r\na  b $HOME /root\r\n@@1@x\r\n',
    )
    await console.ask('stty "$np_s"; set -- $np_z; stty rows "$1" cols "$2"; exit\r', prompt)
    expect(await console.ask('stty size\r', prompt)).toContain('\r24 80\r\n')
    await lab.network.close()
  })

  it('runs sh -c with quotes, pipes and files', async () => {
    const lab = await startCaptureLab()
    const console = lab.open('h1')
    await console.waitFor(prompt)
    const seen = await console.ask(
      `env -i PATH=/bin sh -c 'echo "one;two" > /tmp/f; cat /tmp/f | grep -c two && echo yes'; echo "__N_$?__"\r`,
      /__N_0__\r\n.*# $/,
    )
    expect(seen).toContain('1\r\nyes\r\n__N_0__')
    await lab.network.close()
  })

  it('forwards only when the kernel may', async () => {
    const lab = await startCaptureLab()
    const console = lab.open('h1')
    await console.waitFor(prompt)
    await lab.root('r1', 'sysctl -w net.ipv4.ip_forward=0')
    expect(await console.ask('ping -n -c 2 -i 0.2 -W 1 10.2.2.11\r', prompt)).toContain(
      '2 packets transmitted, 0 received, 100% packet loss',
    )
    await lab.root('r1', 'echo 1 > /proc/sys/net/ipv4/ip_forward')
    expect(await console.ask('ping -n -c 2 -i 0.2 -W 1 10.2.2.11\r', prompt)).toContain('2 packets transmitted, 2 received, 0% packet loss')
    await lab.network.close()
  })

  it('names the neighbour that does not answer', async () => {
    const lab = await startCaptureLab()
    const console = lab.open('h1')
    await console.waitFor(prompt)
    const seen = await console.ask('ping -c 2 10.1.1.99; ip neigh\r', prompt)
    expect(seen).toContain('From 10.1.1.100 icmp_seq=1 Destination Host Unreachable')
    expect(seen).toMatch(/10\.1\.1\.99 dev eth0 FAILED/)
    await lab.network.close()
  })

  it('prints the statistics at Ctrl-C', async () => {
    const lab = await startCaptureLab()
    const console = lab.open('h1')
    await console.waitFor(prompt)
    console.type('ping 10.2.2.11\r')
    await lab.advance(1_500)
    expect(await console.ask('\x03', prompt)).toMatch(
      /\^C\r\n--- 10\.2\.2\.11 ping statistics ---\r\n2 packets transmitted, 2 received, 0% packet loss, time \d+ms\r\nrtt/,
    )
    await lab.network.close()
  })

  it('asks a machine with a login for name and password, and refuses a wrong one after 3 s', async () => {
    const lab = createTestLab()
    lab.add('srv', 'qemu', { adapters: 1, sandbox: { login: { username: 'root', password: 'cisco' } } })
    await lab.network.start('srv')
    const console = lab.open('srv')
    await console.waitFor(/srv login: $/)
    await console.ask('root\r', /Password: $/)
    const refused = await console.ask('wrong\r', /login: $/)
    expect(refused).toContain('Login incorrect')
    expect(refused).not.toContain('wrong')
    await console.ask('root\r', /Password: $/)
    await console.ask('cisco\r', /root@srv:~# $/)
    await lab.network.close()
  })

  it('asks for the cursor position after every busybox prompt', async () => {
    const lab = createTestLab()
    lab.add('a', 'docker', { image: 'alpine:3' })
    await lab.network.start('a')
    const console = lab.open('a')
    await console.waitFor(/\/ # \x1b\[6n$/)
    expect(await console.ask('frobnicate\r', /6n$/)).toBe('frobnicate\r\n-sh: frobnicate: not found\r\n/ # \x1b[6n')
    await lab.network.close()
  })
})
