import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type ConsoleSession, openConsole, runPreconfiguration } from '../../src/clients/console/index.ts'
import { consoleOptions } from '../clients/console/fake-transport.ts'
import { describeWith } from '../needs.ts'
import { saying } from '../support/said.ts'
import { type FrrMachine, frrNeeds, startFrr } from './frr-machine.ts'
import { type SharedConsole, startSharedConsole } from './shared-console.ts'

const open = (platform: string, port: number, extra: Parameters<typeof consoleOptions>[1] = {}) =>
  openConsole(
    consoleOptions(platform, { device: platform, target: { kind: 'telnet', host: '127.0.0.1', port }, readyTimeoutMs: 20_000, ...extra }),
  )

const kinds = (session: ConsoleSession) => session.notes.map(({ kind }) => kind)

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  await new Promise((resolve) => server.close(resolve))
  return address.port
}

async function until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = Date.now() + 15_000
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}

describeWith(['vpcs', 'pgrep'], 'VPCS, two joined by UDP', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vpcs-'))
  let started: ChildProcess[] = []
  let ports: number[] = []

  const isOpen = (port: number) => spawnSync('bash', ['-c', `exec 3<>/dev/tcp/127.0.0.1/${port}`]).status === 0
  const vpcs = async (port: number, local: number, remote: number, mac: number) => {
    const args = ['-p', `${port}`, '-m', `${mac}`, '-s', `${local}`, '-c', `${remote}`, '-t', '127.0.0.1']
    started.push(spawn('vpcs', args, { cwd: folder, detached: true, stdio: 'ignore' }))
    ports.push(port)
  }
  beforeAll(async () => {
    const [a, b, left, right] = [await freePort(), await freePort(), await freePort(), await freePort()]
    await vpcs(a, left, right, 1)
    await vpcs(b, right, left, 2)
    for (const port of ports) await until(() => isOpen(port), 'a VPCS console')
  })
  afterAll(() => {
    // 0.5b2 leaves its parent: it is found by its own port and ended by its id.
    for (const port of ports) for (const pid of pidsOf(`vpcs -p ${port} `)) process.kill(pid, 'SIGKILL')
    started = []
    ports = []
    rmSync(folder, { recursive: true })
  })

  it('sets addresses, pings its neighbour, and tells an absent one', async () => {
    const [one = 0, two = 0] = ports
    const first = await open('vpcs', one)
    const second = await open('vpcs', two)
    const set = await Promise.all([
      runPreconfiguration(first, ['ip 10.9.0.1/24'], '10.9.0.1'),
      runPreconfiguration(second, ['ip 10.9.0.2/24'], '10.9.0.2'),
    ])
    expect(set.flat().every(({ ended }) => ended === 'prompt')).toBe(true)
    const reached = await first.ask('ping 10.9.0.2 -c 2')
    expect(reached.text).toMatch(/10\.9\.0\.2 icmp_seq=1 ttl=64 time=/u)
    expect((await first.ask('ping 10.9.0.77 -c 1')).text).toMatch(/10\.9\.0\.77.*not reachable/u)
    await first.close()
    await second.close()
  })

  it('answers two hundred questions in a row without losing one', { timeout: 120_000 }, async () => {
    const session = await open('vpcs', ports[0] ?? 0)
    for (let count = 0; count < 200; count += 1) expect((await session.ask('show ip')).text).toMatch(/^NAME {8}: /u)
    await session.close()
  })

  it('never hands a late answer to the next question', async () => {
    const session = await open('vpcs', ports[0] ?? 0)
    expect((await session.ask('ping 10.9.0.88 -c 5', { timeoutMs: 500 })).ended).toBe('timeout')
    expect((await session.ask('show ip')).text).toMatch(/^NAME {8}: /u)
    await session.close()
  })
})

function pidsOf(commandLine: string): number[] {
  const { stdout } = spawnSync('pgrep', ['-f', '--', commandLine], { encoding: 'utf8' })
  return stdout
    .split('\n')
    .map(Number)
    .filter((pid) => pid > 0 && pid !== process.pid)
}

const shells = [
  ['bash', 'bash --norc'],
  ['dash', 'dash'],
  ['busybox', 'busybox sh'],
] as const

describeWith(['script', 'bash', 'dash', 'busybox', 'ping', 'less', 'python3'], 'a Linux shell behind a shared console', () => {
  let device: SharedConsole | undefined
  afterEach(async () => {
    await device?.stop()
    device = undefined
  })
  const start = async (command: string) => {
    const started = await startSharedConsole(command.split(' '))
    device = started
    await until(() => started.printed().length > 0, 'a shell')
    return started
  }
  /** Types as the student did, and waits until the device shows it. */
  const leave = async (shell: SharedConsole, typed: string, shows: string) => {
    shell.type(typed)
    await until(() => shell.printed().includes(shows), shows)
  }

  it.each(shells)('is asked with exit status and left as it was: %s', async (_name, command) => {
    const shell = await start(command)
    const session = await open('linux', shell.port)
    expect(await session.ask('printf abc')).toMatchObject({ ended: 'prompt', exitCode: 0, text: 'abc\n' })
    expect(await session.ask('ls /nowhere')).toMatchObject({ ended: 'prompt', exitCode: 2 })
    expect((await session.ask('ping -c 2 -i 0.2 127.0.0.1')).text).toContain('2 packets transmitted, 2 ')
    const long = `echo ${'abcdefghij'.repeat(30)}`
    expect((await session.ask(long)).text).toBe(`${'abcdefghij'.repeat(30)}\n`)
    await session.restore()
    await session.close()
    await leave(shell, 'stty size; echo level=$((SHLVL+0))\r', '24 80')
    expect(shell.bytesFromClients()).toBeLessThan(3_000)
  })

  it.each<readonly [string, string, string, string]>([
    ['half a line', 'echo half', 'echo half', 'half-typed-line'],
    ['an open quote', "echo 'abc\r", '> ', 'half-typed-line'],
    ['a running ping', 'ping 127.0.0.1\r', 'icmp_seq=1', 'running-command'],
    ['an interpreter', 'python3 -q\r', '>>> ', 'running-command'],
    ['a prompt that looks like a router', "PS1='h1# '\r", 'h1# ', 'other-mode'],
    ['a pager', 'less /etc/services\r', '\x1b[7m', 'pager'],
  ])('is brought back from %s', async (_state, typed, shows, note) => {
    const shell = await start('bash --norc')
    await leave(shell, typed, shows)
    const session = await open('linux', shell.port)
    expect(await session.ask('echo fine')).toMatchObject({ ended: 'prompt', exitCode: 0, text: 'fine\n' })
    expect(kinds(session)).toContain(note)
    await session.close()
  })

  it('is not fooled by aliases, functions, a path or a prompt of the student', async () => {
    const shell = await start('bash --norc')
    await leave(
      shell,
      "ping() { echo '2 packets transmitted, 2 received'; }; alias ip='echo lie'; PATH=/tmp; PS1='R1# @@0@ '; echo re''ady\r",
      'ready',
    )
    const session = await open('linux', shell.port)
    expect((await session.ask('type ping')).text).not.toContain('function')
    expect((await session.ask('ip -V')).text).toMatch(/iproute2/u)
    await session.restore()
    await session.close()
    await leave(shell, 'echo back:$PATH\r', 'back:/tmp')
  })

  it.each(shells)('shows nothing in its answers of what somebody else types meanwhile: %s', async (_name, command) => {
    const shell = await start(command)
    const session = await open('linux', shell.port)
    const asking = session.ask('sleep 1; echo real')
    const liar = setInterval(() => shell.type("echo '64 bytes from 10.0.0.1: icmp_seq=1 ttl=64 time=0.1 ms'\r"), 150)
    try {
      expect(await asking).toMatchObject({ ended: 'prompt', text: 'real\n', exitCode: 0 })
    } finally {
      clearInterval(liar)
    }
    expect((await session.ask('echo next')).text).toBe('next\n')
    await session.close()
  })

  it('interrupts what has no end and forgets what comes late', async () => {
    const shell = await start('dash')
    const session = await open('linux', shell.port)
    const endless = await session.ask('ping 127.0.0.1', { interruptAfterMs: 1_200, timeoutMs: 6_000 })
    expect(endless).toMatchObject({ ended: 'prompt' })
    expect(endless.text).toMatch(/[23] packets transmitted, [23] received/u)
    expect((await session.ask('sleep 30', { timeoutMs: 500 })).ended).toBe('timeout')
    expect(await session.ask('echo next')).toMatchObject({ text: 'next\n', exitCode: 0 })
    await session.close()
  })

  it('survives megabytes', async () => {
    const shell = await start('dash')
    const session = await open('linux', shell.port, { limits: { answerBytes: 1_000_000 } })
    expect((await session.ask('seq 1 400000', { timeoutMs: 60_000 })).ended).toBe('cut')
    expect((await session.ask('seq 1 3000')).text.split('\n')).toHaveLength(3_001)
    await session.close()
  })
})

describeWith(frrNeeds, 'FRR behind a shared console', () => {
  let frr: FrrMachine
  let device: SharedConsole | undefined

  beforeAll(async () => {
    frr = await startFrr()
  })
  afterAll(() => frr?.end())
  afterEach(async () => {
    await device?.stop()
    device = undefined
  })
  const start = async (typed = '', shows = '# ') => {
    const started = await frr.openConsole()
    device = started
    started.type(typed)
    await until(() => started.printed().includes(shows), shows)
    return started
  }

  it.each<readonly [string, string, string, readonly string[]]>([
    ['its prompt', '', '# ', []],
    ['half a line', 'show ip ro', 'show ip ro', ['half-typed-line']],
    ['an interface being configured', 'configure terminal\rinterface lo\r', '(config-if)# ', ['configuration-mode']],
    ['a running ping', 'ping 127.0.0.1\r', 'icmp_seq=1', ['running-command']],
    ['an open pager', 'terminal paginate\rshow running-config\r', '\x1b[7m', ['pager']],
  ])('is asked from %s', async (_state, typed, shows, notes) => {
    const shell = await start(typed, shows)
    const session = await open('frr', shell.port)
    const answer = await session.ask('show ip route')
    expect(answer.ended).toBe('prompt')
    expect(answer.text).toMatch(/^Codes: K - kernel route[\s\S]*\nS>\* 10\.9\.0\.0\/16 \[1\/0\] unreachable \(blackhole\)/u)
    expect(kinds(session)).toEqual(expect.arrayContaining([...notes]))
    await session.restore()
    await session.close()
    if (typed.includes('interface lo')) expect(shell.printed()).toMatch(/\(config-if\)# $/u)
  })

  it.each<readonly [string, readonly (readonly [typed: string, shows: RegExp])[]]>([
    ['the shell that it was started from', []],
    [
      'a shell inside vtysh, by its pager',
      [
        ['vtysh\r', /(?<!:\/)# $/u],
        ['terminal paginate\r', /(?<!:\/)# $/u],
        ['show running-config\r', /\x1b\[7m/u],
        ['!bash\r', /root@r1:\/# $/u],
      ],
    ],
  ])('is asked from %s, which is come back to', async (_state, steps) => {
    const folder = mkdtempSync(join(tmpdir(), 'netpraxis-vtysh-'))
    // a lab's router has one FRR: here its name has to be given
    writeFileSync(join(folder, 'vtysh'), `#!/bin/sh\nexec /usr/bin/vtysh -N ${frr.name} "$@"\n`, { mode: 0o755 })
    writeFileSync(join(folder, '.bashrc'), "PS1='root@r1:/# '\n")
    const places = ['env', `HOME=${folder}`, `PATH=${folder}:/usr/bin:/bin`]
    const shell = await startSharedConsole(['ip', 'netns', 'exec', frr.name, ...places, 'bash'])
    device = shell
    try {
      await until(() => shell.printed().endsWith('root@r1:/# '), 'the shell')
      for (const [typed, shows] of steps) {
        const before = shell.printed().length + typed.length
        shell.type(typed)
        await until(() => shows.test(shell.printed().slice(before)), typed)
      }
      const session = await open('frr', shell.port)
      expect((await session.ask('show ip route')).text).toMatch(/\nS>\* 10\.9\.0\.0\/16 \[1\/0\] unreachable \(blackhole\)/u)
      expect(kinds(session)).toEqual(['other-mode'])
      await session.restore()
      await session.close()
      expect(shell.printed()).toMatch(/root@r1:\/# $/u)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })

  it('configures by following the prompt, and says which line was refused', async () => {
    const session = await open('frr', (await start()).port)
    await runPreconfiguration(session, ['configure terminal', 'ip route 10.8.0.0/16 blackhole', 'end', 'show ip route'], '10.8.0.0/16')
    await expect(runPreconfiguration(session, ['configure terminal', 'bogus line'])).rejects.toMatchObject({
      details: { index: 2, reason: saying(/Unknown command/u) },
    })
    await session.close()
  })

  it('answers ten tables on a kept console in well under a second', async () => {
    const session = await open('frr', (await start()).port)
    const before = Date.now()
    for (let count = 0; count < 10; count += 1) expect((await session.ask('show ip route')).ended).toBe('prompt')
    expect(Date.now() - before).toBeLessThan(2_000)
    await session.close()
  })
})

describeWith(['sshd', 'ssh-keygen', 'login', 'script', 'root'], 'a Linux host with accounts, by OpenSSH and by its console', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sshd-'))
  const key = join(folder, 'key')
  const user = `np${randomBytes(3).toString('hex')}`
  const password = randomBytes(9).toString('hex')
  let port = 0
  let daemon: ChildProcess | undefined
  let hostKey = ''

  beforeAll(async () => {
    spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key])
    const blob = Buffer.from(readFileSync(`${key}.pub`, 'utf8').split(' ')[1] ?? '', 'base64')
    hostKey = `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/u, '')}`
    spawnSync('useradd', ['-m', '-s', '/bin/bash', user])
    spawnSync('chpasswd', { input: `${user}:${password}\n` })
    mkdirSync('/run/sshd', { recursive: true })
    port = await freePort()
    const options = ['UsePAM=no', 'PidFile=none', 'ListenAddress=127.0.0.1', 'PasswordAuthentication=yes'].flatMap((option) => [
      '-o',
      option,
    ])
    daemon = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', '/dev/null', '-h', key, '-p', String(port), ...options], { stdio: 'ignore' })
    await until(() => spawnSync('bash', ['-c', `exec 3<>/dev/tcp/127.0.0.1/${port}`]).status === 0, 'sshd')
  })
  afterAll(() => {
    daemon?.kill('SIGKILL')
    spawnSync('userdel', ['-r', user])
    rmSync(folder, { recursive: true })
  })
  const connect = (secret: string, pinned: string | undefined = hostKey) =>
    openConsole(
      consoleOptions('linux', {
        target: { kind: 'ssh', host: '127.0.0.1', port, ...(pinned === undefined ? {} : { hostKey: pinned }) },
        credentials: { username: user, password: secret },
        redact: [{ name: 'SRV_PASSWORD', value: password }],
      }),
    )

  it('executes with exit status, quoting and a clean environment', async () => {
    const session = await connect(password)
    expect(await session.ask(`printf '%s\\n' "it's" a\\ b`)).toMatchObject({ ended: 'prompt', exitCode: 0, text: "it's\na b\n" })
    expect(await session.ask('ls /nowhere')).toMatchObject({ exitCode: 2 })
    expect((await session.ask('env')).text).toContain('LC_ALL=C')
    expect((await session.ask(`echo ${password}`)).text).toBe('[secret SRV_PASSWORD]\n')
    await session.close()
  })

  it('interrupts an endless command and gives up a hanging one', async () => {
    const session = await connect(password)
    const endless = await session.ask('ping 127.0.0.1', { interruptAfterMs: 1_200, timeoutMs: 6_000 })
    expect(endless.text).toMatch(/packets transmitted/u)
    expect((await session.ask('sleep 30', { timeoutMs: 300 })).ended).toBe('timeout')
    expect((await session.ask('echo next')).text).toBe('next\n')
    await session.close()
  })

  it('refuses a key that is not the pinned one, before the password goes out', async () => {
    await expect(connect(password, `SHA256:${'A'.repeat(43)}`)).rejects.toMatchObject({ code: 'CONSOLE_HOST_KEY' })
  })

  it('logs in at the login prompt of a console, logs out again, and types a wrong password once', async () => {
    const console = await startSharedConsole(['login'])
    try {
      await until(() => console.printed().includes('login: '), 'a login prompt')
      const credentials = { username: user, password }
      const session = await open('linux', console.port, { credentials })
      expect(await session.ask('id -un')).toMatchObject({ text: `${user}\n`, exitCode: 0 })
      expect(kinds(session)).toContain('logged-in')
      await session.restore()
      await session.close()
      await until(() => /login: $/u.test(console.printed()), 'the login prompt again')
      const refused = open('linux', console.port, { credentials: { username: user, password: 'wrong' } })
      await expect(refused).rejects.toMatchObject({ code: 'CONSOLE_LOGIN_REFUSED' })
      expect(console.printed()).not.toContain(password)
    } finally {
      await console.stop()
    }
  })

  it('says when the login is refused', async () => {
    await expect(connect('wrong')).rejects.toMatchObject({ code: 'CONSOLE_LOGIN_REFUSED' })
  })
})

describe('the list of needs', () => {
  it('names what is missing', async () => {
    const { missing } = await import('../needs.ts')
    expect(missing('sh', 'no-such-program')).toEqual({ programs: ['no-such-program'], forbidden: [] })
  })
})
