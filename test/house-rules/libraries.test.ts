import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { at, listFiles, nodesOf, read, sourceImports } from './source.ts'

const clientsThatSpeakHttp = /^src\/clients\/(?:proxmox|gns3|netpraxis)\//u
const inConsole = /^src\/clients\/console\//u

/** One door per library: who else imports it has gone around the part that knows its traps. */
const doors: Readonly<Record<string, RegExp>> = {
  'drizzle-orm': /^src\/db\/|\.repository\.ts$/u,
  'better-sqlite3': /^src\/db\//u,
  undici: clientsThatSpeakHttp,
  ssh2: inConsole,
  'telnet-client': inConsole,
  '@xterm/headless': inConsole,
  '@fastify/websocket':
    /^src\/(?:app\.ts|lab-app\.ts|http\/socket-care\.ts|terminals\/terminal-socket\.ts|screens\/screen-socket\.ts|lab-hosts\/join-sockets\.ts)$/u,
  ldapts: /^src\/clients\/ldap\//u,
  nunjucks: /^src\/http\/views\.ts$/u,
  '@fastify/view': /^src\/http\/views\.ts$/u,
  '@fastify/jwt': /^src\/auth\/session\.plugin\.ts$/u,
  '@fastify/sse': /^src\/http\//u,
  '@fastify/multipart': /^src\/http\//u,
  '@node-rs/argon2': /^src\/users\/passwords\.ts$/u,
  'csv-parse': /^src\/enrollments\//u,
  diff: /^src\/lib\/unified-diff\.ts$/u,
  'markdown-it': /^src\/exercises\//u,
  selfsigned: /^src\/sandbox\//u,
  yazl: /^src\/sandbox\//u,
  yauzl: /^src\/(?:sandbox|clients\/gns3)\//u,
}

/** Packages that the product is asked to be built with; vitest is the one that only tests use. */
const wanted = [
  ...['fastify', '@fastify/jwt', '@fastify/view', 'nunjucks', 'ldapts', 'undici', 'drizzle-orm'],
  ...['better-sqlite3', 'ssh2', 'telnet-client', 'zod', 'pino'],
]
/** Named in package.json and used without an import: what runs the TypeScript. */
const usedByTheLauncher = ['tsx']
/** Loaded by browsers, from the packages themselves (src/http/assets.ts). */
const servedToBrowsers = ['@xterm/xterm', '@xterm/addon-fit', '@novnc/novnc']

const dependencies = Object.keys(
  z.object({ dependencies: z.record(z.string(), z.string()) }).parse(JSON.parse(read('package.json'))).dependencies,
)
const packages = sourceImports.filter((one) => one.isPackage && !one.to.startsWith('node:'))

describe('libraries', () => {
  it.each(Object.entries(doors))('%s has one door', (name, door) => {
    const users = packages.filter((one) => one.to === name)
    expect(users.filter((one) => !door.test(one.from)).map(at)).toEqual([])
    expect(users.length, `${name} is imported nowhere`).toBeGreaterThan(0)
  })

  it('fastify itself is imported by what speaks HTTP only', () => {
    const door = /^src\/(?:app|lab-app|pages|server)\.ts$|^src\/http\/|\.routes\.ts$|\.plugin\.ts$|\/index\.ts$/u
    const wrong = packages.filter((one) => one.to === 'fastify' && !door.test(one.from) && !one.isTypeOnly)
    expect(wrong.map(at)).toEqual([])
    const makers = packages.filter((one) => one.to === 'fastify' && !one.isTypeOnly).map((one) => one.from)
    expect(makers).toEqual(['src/app.ts', 'src/lab-app.ts'])
  })

  it.each(wanted)('%s is used behind its door', (name) => {
    expect(packages.some((one) => one.to === name && !one.isTypeOnly) || name === 'pino').toBe(true)
    expect(packages.some((one) => one.to === name)).toBe(true)
  })

  it('are all in package.json, and nothing there is unused', () => {
    const used = new Set(packages.map((one) => one.to))
    expect([...used].filter((name) => !dependencies.includes(name))).toEqual([])
    expect(dependencies.filter((name) => !used.has(name) && ![...usedByTheLauncher, ...servedToBrowsers].includes(name))).toEqual([])
  })

  it('vitest runs the tests', () => {
    expect(read('test/house-rules/libraries.test.ts')).toContain("from 'vitest'")
    expect(
      Object.keys(z.object({ devDependencies: z.record(z.string(), z.string()) }).parse(JSON.parse(read('package.json'))).devDependencies),
    ).toContain('vitest')
  })
})

describe('the environment', () => {
  it('is read in config.ts alone, and handed in by the command line', () => {
    const readers = listFiles('src', '.ts').filter((path) =>
      nodesOf(path).some((node) => ts.isPropertyAccessExpression(node) && node.getText() === 'process.env'),
    )
    expect(readers).toEqual(['src/cli/main.ts', 'src/config.ts'])
  })
})
