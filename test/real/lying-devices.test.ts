import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { run } from '../../src/cli/evaluate.ts'
import { captureIo } from '../cli/captured-io.ts'
import { startFakeVpcs } from '../cli/fake-vpcs.ts'
import { describeWith } from '../needs.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { waitFor } from '../support/wait.ts'
import { type SharedConsole, startSharedConsole } from './shared-console.ts'

const report = z.object({ criteria: z.array(z.object({ id: z.string(), verdict: z.string() })) })

/** The verdicts of `netpraxis evaluate` on one device behind a console. */
async function verdictsOf(platform: string, port: number, criteria: readonly string[]): Promise<Record<string, string>> {
  const folder = tempFolder()
  const [file, json] = [join(folder, 'exercise.yaml'), join(folder, 'report.json')]
  writeFileSync(
    file,
    ['netpraxis: 1', 'title: Lies', 'devices:', `  D1: { platform: ${platform} }`, 'criteria:', ...criteria, ''].join('\n'),
  )
  writeFileSync(
    join(folder, 'hosts.yaml'),
    `D1: { hostname: 127.0.0.1, port: ${port}, platform: ${platform}, data: { transport: telnet } }\n`,
  )
  const io = captureIo()
  const status = await run([file, '--inventory', join(folder, 'hosts.yaml'), '--json', json], io)
  if (status === 64) throw new Error(io.err())
  return Object.fromEntries(report.parse(JSON.parse(readFileSync(json, 'utf8'))).criteria.map(({ id, verdict }) => [id, verdict]))
}
const criterion = (id: string, module: string, params: string): string =>
  `  - { id: ${id}, title: ${id}, module: ${module}, device: D1, params: ${params}, points: 1, within: 0 }`

describeWith(['script', 'bash', 'dash', 'busybox', 'ping', 'ip'], 'a Linux host whose student lies, asked by evaluate', () => {
  let device: SharedConsole | undefined
  const folder = mkdtempSync(join(tmpdir(), 'netpraxis-lies-'))
  afterEach(async () => {
    await device?.stop()
    device = undefined
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const asked = [
    criterion('reaches', 'ping', '{ to: 127.0.0.1, count: 2 }'),
    criterion('is-cut-off', 'ping', '{ to: 127.0.0.1, count: 2, expect: failure }'),
    criterion('has-address', 'interface_address', '{ interface: lo, addresses: [ 10.99.0.1/24 ] }'),
    criterion('has-route', 'route', '{ prefix: 10.88.0.0/16, via: [ 10.99.0.254 ] }'),
    criterion('has-name', 'hostname', '{ name: success }'),
  ]
  const truth = { reaches: 'pass', 'is-cut-off': 'fail', 'has-address': 'fail', 'has-route': 'fail', 'has-name': 'fail' }

  /** What every liar answers: all that the criteria above want to see, and that nobody is reached. */
  const says = (name: string) => join(folder, `${name}.out`)
  const answers: Readonly<Record<string, string>> = {
    ip: '1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN\\n    inet 10.99.0.1/24 scope global lo\\n10.88.0.0/16 via 10.99.0.254 dev lo\\n',
    ping: 'PING 127.0.0.1 (127.0.0.1) 56(84) bytes of data.\\n\\n--- 127.0.0.1 ping statistics ---\\n2 packets transmitted, 0 received, 100% packet loss, time 1000ms\\n',
    hostname: 'success\\n',
  }
  const names = Object.keys(answers)
  const scripts = join(folder, 'bin')
  beforeAll(() => {
    mkdirSync(scripts)
    for (const name of names) writeFileSync(says(name), (answers[name] ?? '').replaceAll('\\n', '\n'))
    // also in the place of what starts a clean shell
    const liar = `#!/bin/sh\nname=$(basename "$0")\nexec /bin/cat ${folder}/$name.out\n`
    for (const name of [...names, 'env', 'sh', 'stty', 'uname', 'cat']) {
      writeFileSync(join(scripts, name), liar)
      chmodSync(join(scripts, name), 0o755)
    }
  })
  const functions = (these: readonly string[], body = (name: string) => `/bin/cat ${says(name)}`) =>
    these.map((name) => `${name}() { ${body(name)}; }`).join('; ')
  /** A shell that would answer for ours, prompt and all, if it were started in its place. */
  const playsTheShell = (word: string) =>
    `${word}() { for w in "$@"; do case "$w" in PS1=*) p="\${w#PS1=}";; esac; done; while printf %s "$p" && read -r line; do eval "$(printf %s "$line" | sed 's/\\bping\\b/lieping/;s/\\bip\\b/lieip/')"; done; }`
  const helpers = functions(['lieping', 'lieip'], (name) => `/bin/cat ${says(name.slice(3))}`)

  /** As a student types them before he submits, one after the other. */
  const lies: readonly (readonly [what: string, typed: () => string])[] = [
    ['nothing: the truth', () => ':'],
    [
      'functions that a child inherits, and a file of them that a shell reads first',
      () =>
        `${functions(names)}; export -f ${names.join(' ')}; declare -f > ${folder}/env; export BASH_ENV=${folder}/env ENV=${folder}/env`,
    ],
    ['aliases', () => [...names, 'exec', 'env', 'sh'].map((name) => `alias ${name}='/bin/cat ${says('ip')}'`).join('; ')],
    [
      'programs of his own on his path, and where his shell remembers them',
      () => `${names.map((name) => `hash -p ${scripts}/${name} ${name}`).join('; ')}; export PATH=${scripts}`,
    ],
    [
      'a prompt that prints success, and a command before it',
      () =>
        `PS1='5 packets transmitted, 5 received, 0% packet loss\\ninet 10.99.0.1/24 scope global lo\\n# '; PROMPT_COMMAND='/bin/cat ${says('ip')}'`,
    ],
    ['a trap before every command', () => `trap '/bin/cat ${says('ip')}' DEBUG`],
    [
      'functions named after what starts our shell, and after what gets round functions',
      () =>
        `${helpers}; ${playsTheShell('/usr/bin/env')}; env() { /usr/bin/env "$@"; }; command() { /usr/bin/env "$@"; }; exec() { shift; /usr/bin/env "$@"; }; builtin() { :; }`,
    ],
    ['variables of ours that cannot be set', () => `readonly PS1 PATH LC_ALL HOME TERM PAGER`],
  ]

  it.each(lies)('gets what is true with %s', async (_what, typed) => {
    const shell = await startSharedConsole(['bash', '--norc'])
    device = shell
    await waitFor('a shell', () => shell.printed().length > 0)
    shell.type(`${typed()}\recho re''ady\r`)
    await waitFor('the lie to be told', () => /ready\r/u.test(shell.printed()))
    expect(await verdictsOf('linux', shell.port, asked)).toEqual(truth)
  })

  it('gets no pass from a shell that lets itself not be left', async () => {
    const shell = await startSharedConsole(['bash', '--norc'])
    device = shell
    await waitFor('a shell', () => shell.printed().length > 0)
    shell.type(`${helpers}; ${playsTheShell('/usr/bin/env')}; readonly POSIXLY_CORRECT; echo re''ady\r`)
    await waitFor('the lie to be told', () => /ready\r/u.test(shell.printed()))
    const verdicts = await verdictsOf('linux', shell.port, asked)
    expect(new Set(Object.values(verdicts))).toEqual(new Set(['inconclusive']))
  })

  it.each([
    ['dash', 'dash'],
    ['busybox', 'busybox sh'],
  ])('gets what is true from %s with functions, aliases and a path', async (_name, command) => {
    const shell = await startSharedConsole(command.split(' '))
    device = shell
    await waitFor('a shell', () => shell.printed().length > 0)
    const aliased = ['exec', 'env', 'sh'].map((name) => `alias ${name}='/bin/cat ${says('ip')}'`).join('; ')
    shell.type(`${functions(names)}; ${aliased}; PATH=${scripts}; PS1='success # '; echo re''ady\r`)
    await waitFor('the lie to be told', () => /ready\r/u.test(shell.printed()))
    expect(await verdictsOf('linux', shell.port, asked)).toEqual(truth)
  })
})

describeWith(['vpcs', 'script'], 'a VPCS whose student lies, asked by evaluate', () => {
  const folder = mkdtempSync(join(tmpdir(), 'netpraxis-lies-'))
  let stop: (() => Promise<void>) | undefined
  afterEach(() => stop?.())
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  /** The real program behind the proxy that GNS3 puts before it; the lines are typed first. */
  async function startVpcs(typed: readonly string[]): Promise<number> {
    const port = 40_000 + Math.floor(Math.random() * 10_000)
    const shell = await startSharedConsole(
      ['env', '-C', folder, 'vpcs', '-i', '1', '-m', '9', '-s', `${port}`, '-c', `${port + 10_000}`, '-t', '127.0.0.1'],
      { respawn: false },
    )
    stop = shell.stop
    await waitFor('VPCS', () => /> $/u.test(shell.printed()))
    for (const line of typed) {
      const before = shell.printed().length
      shell.type(`${line}\r`)
      await waitFor(line, () => /> $/u.test(shell.printed().slice(before + line.length)))
    }
    return shell.port
  }
  const asked = [
    criterion('owns-address', 'interface_address', '{ addresses: [ 10.9.0.1/24 ] }'),
    criterion('has-address', 'interface_address', '{ addresses: [ 10.99.0.1/24 ] }'),
  ]

  it('gets what is true with a name that is an answer, and an answer in its own echo', async () => {
    const port = await startVpcs(['ip 10.9.0.1/24', 'echo IP/MASK     : 10.99.0.1/24', 'set pcname IP/MASK:10.99.0.1/24'])
    expect(await verdictsOf('vpcs', port, asked)).toEqual({ 'owns-address': 'pass', 'has-address': 'fail' })
  })
})

describe('a program in the place of VPCS, asked by evaluate', () => {
  const pingTo = criterion('reaches', 'ping', '{ to: 10.9.0.77, count: 2, max_drop: 0 }')
  const reply = (seq: number, from = '10.9.0.77') => `84 bytes from ${from} icmp_seq=${seq} ttl=64 time=0.100 ms\n`

  it.each<readonly [string, string, readonly string[]]>([
    ['replies of somebody else', reply(1, '10.9.0.7') + reply(2, '10.9.0.7'), ['fail', 'inconclusive']],
    ['one reply twice', reply(1) + reply(1), ['fail', 'inconclusive']],
    ['more replies than were asked for', reply(1) + reply(2) + reply(3), ['inconclusive']],
    [
      'replies, and that nobody is reached',
      `${reply(1)}${reply(2)}10.9.0.77 icmp_seq=1 timeout\n10.9.0.77 icmp_seq=2 timeout\n`,
      ['fail', 'inconclusive'],
    ],
    ['a sentence of success', '2 packets transmitted, 2 received, 0% packet loss\n', ['inconclusive', 'fail']],
    ['nothing at all', '', ['inconclusive', 'fail']],
  ])('gets no pass for %s', async (_what, said, allowed) => {
    const vpcs = await startFakeVpcs('PC1', (line) => (line.startsWith('ping') ? said : ''))
    try {
      expect(allowed).toContain((await verdictsOf('vpcs', vpcs.port, [pingTo])).reaches)
    } finally {
      await vpcs.close()
    }
  })
})
