import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { answerData, errorText } from '../../../src/clients/proxmox/answer.ts'
import { classify } from '../../../src/clients/proxmox/classify.ts'
import { configOf } from '../../../src/clients/proxmox/reads.ts'
import * as schemas from '../../../src/clients/proxmox/schemas.ts'
import { parseUpid } from '../../../src/clients/proxmox/upid.ts'
import { parseVolume } from '../../../src/clients/proxmox/volumes.ts'

/** Answers of a running Proxmox VE 8.4.21 (test/fixtures/proxmox/README.md). */
const exchange = z.object({ i: z.number(), m: z.string(), p: z.string(), s: z.number(), r: z.string(), body: z.unknown() })
const recorded = readFileSync(new URL('../../fixtures/proxmox/exchanges.jsonl', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .flatMap((line) => {
    const found = exchange.safeParse(JSON.parse(line))
    return found.success ? [found.data] : []
  })
  .map((one) => ({
    ...one,
    path: one.p.split('?')[0] ?? '',
    text: typeof one.body === 'string' ? one.body : JSON.stringify(one.body ?? ''),
  }))

const vm = String.raw`^/nodes/[^/]+/qemu/\d+`
const calls: readonly (readonly [method: string, path: RegExp, schema: z.ZodType])[] = [
  ['POST', /^\/access\/ticket$/, schemas.ticketAnswer],
  ['GET', /^\/version$/, schemas.versionAnswer],
  ['GET', /^\/nodes$/, z.array(schemas.nodeAnswer)],
  ['GET', /^\/cluster\/resources$/, z.array(schemas.resourceAnswer)],
  ['GET', /^\/cluster\/status$/, z.array(schemas.clusterStatusAnswer)],
  ['GET', /^\/access\/permissions$/, schemas.permissionsAnswer],
  ['GET', /^\/nodes\/[^/]+\/storage$/, z.array(schemas.storageAnswer)],
  ['GET', /^\/nodes\/[^/]+\/storage\/[^/]+\/content$/, z.array(schemas.volumeAnswer)],
  ['GET', /^\/nodes\/[^/]+\/tasks$/, z.array(schemas.taskListAnswer)],
  ['GET', /\/tasks\/[^/]+\/status$/, schemas.taskStatusAnswer],
  ['GET', new RegExp(`${vm}/config$`), schemas.configAnswer],
  ['GET', new RegExp(`${vm}/status/current$`), schemas.statusAnswer],
  ['GET', new RegExp(`${vm}/agent/network-get-interfaces$`), schemas.agentInterfacesAnswer],
  ['GET', new RegExp(`${vm}/firewall/options$`), schemas.firewallOptionsAnswer],
  ['GET', new RegExp(`${vm}/firewall/rules$`), z.array(schemas.firewallRuleAnswer)],
  ['POST', new RegExp(`${vm}/(?:clone|template|status/(?:start|stop|shutdown|suspend|resume|reboot))$`), schemas.upidAnswer],
  ['DELETE', new RegExp(`${vm}$`), schemas.upidAnswer],
]

describe('answers of a real Proxmox', () => {
  it.each(calls.map(([method, path, schema]) => [`${method} ${path.source}`, method, path, schema] as const))(
    'to %s are understood',
    (_, method, path, schema) => {
      const answers = recorded.filter((one) => one.m === method && path.test(one.path) && one.s === 200)
      expect(answers.length).toBeGreaterThan(0)
      for (const { i, s, r, text } of answers)
        expect(() => answerData({ status: s, reason: r, body: text }, schema), `exchange ${i}`).not.toThrow()
    },
  )

  it('name tasks and volumes in the way that is parsed', () => {
    const upids = recorded.flatMap((one) => [...one.text.matchAll(/"(UPID:[^"]+)"/g)].map((match) => match[1] ?? ''))
    expect(upids.length).toBeGreaterThan(100)
    for (const upid of upids) expect(parseUpid(upid), upid).toBeDefined()
    const volids = recorded.flatMap((one) => [...one.text.matchAll(/"volid":"([^"]+)"/g)].map((match) => match[1] ?? ''))
    for (const volid of volids.filter((one) => !/:(?:import|iso|backup)\//.test(one))) expect(parseVolume(volid), volid).toBeDefined()
  })

  it('show each disk of a configuration with its storage', () => {
    const configs = recorded.filter((one) => one.m === 'GET' && new RegExp(`${vm}/config$`).test(one.path) && one.s === 200)
    const drives = configs.flatMap(
      ({ s, r, text }) => configOf(answerData({ status: s, reason: r, body: text }, schemas.configAnswer)).drives,
    )
    expect(drives.length).toBeGreaterThan(0)
    for (const drive of drives) expect(drive.storage, drive.key).toBeDefined()
  })

  it('that are errors fall into the classes that their texts mean', () => {
    const seen = new Map<string, Set<string>>()
    for (const { s, r, text } of recorded.filter((one) => one.s !== 200)) {
      const found = classify({ where: 'answer', status: s, text: errorText({ status: s, reason: r, body: text }) })
      seen.set(found.class, (seen.get(found.class) ?? new Set()).add(errorText({ status: s, reason: r, body: text })))
    }
    const textsOf = (kind: string) => [...(seen.get(kind) ?? [])].sort()
    expect(textsOf('missing').every((text) => /does not exist$|no such task$/.test(text))).toBe(true)
    expect(textsOf('id-taken').every((text) => text.includes('already exists'))).toBe(true)
    expect(textsOf('busy')).toEqual(['VM is locked (backup)'])
    expect(textsOf('transient').every((text) => /got timeout$|^checksum mismatch/.test(text))).toBe(true)
    expect(textsOf('unknown')).toEqual(['Broken pipe', 'Connection timed out'])
    expect(textsOf('repeat')).toEqual(['Connection refused'])
    expect([...seen.keys()].sort()).toEqual([
      'agent-down',
      'agent-missing',
      'already-done',
      'auth',
      'busy',
      'id-taken',
      'missing',
      'permanent',
      'repeat',
      'transient',
      'unknown',
    ])
    expect(
      textsOf('permanent').filter(
        (text) => /got timeout|is locked|already running|lock/.test(text) && !text.includes('skiplock') && !text.includes("'lock' config"),
      ),
    ).toEqual([])
  })
})
