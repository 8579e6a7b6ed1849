import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadPlatforms, readInventory } from '../../../src/clients/console/index.ts'
import { readSituation } from '../../../src/clients/console/situation.ts'
import { saying } from '../../support/said.ts'
import { platforms } from './fake-transport.ts'

describe.each(platforms.all.map((platform) => [platform.id, platform] as const))('platform %s', (_id, platform) => {
  const patterns = [
    ...platform.modes.map((mode) => ({ ...mode, name: `mode ${mode.name}`, pattern: mode.prompt })),
    ...[...platform.pagers, ...platform.dialogs, ...platform.noise, ...platform.logLines, ...platform.abovePrompt, ...platform.errors].map(
      (one) => ({
        name: one.pattern.source,
        ...one,
      }),
    ),
    ...(platform.login
      ? [platform.login.username, platform.login.password, platform.login.refused].map((one) => ({ name: one.pattern.source, ...one }))
      : []),
  ]
  it.each(patterns.map((one) => [one.name, one] as const))('knows its own examples: %s', (_name, { pattern, matches, rejects }) => {
    expect(matches.filter((text) => !pattern.test(text))).toEqual([])
    expect(rejects.filter((text) => pattern.test(text))).toEqual([])
  })

  it('reads every prompt example as the mode it stands under', () => {
    for (const mode of platform.modes) {
      for (const example of mode.matches)
        expect([example, readSituation(platform, example)]).toEqual([example, { kind: 'prompt', mode: mode.name, prompt: example }])
    }
  })
})

describe('the inventory', () => {
  it('has the seven platforms, found by the names of Netmiko and NAPALM', () => {
    expect(platforms.all.map(({ id }) => id)).toEqual(['arista_eos', 'cisco_ios', 'cisco_nxos', 'frr', 'juniper_junos', 'linux', 'vpcs'])
    expect(platforms.find('cisco_xe')?.id).toBe('cisco_ios')
    expect(platforms.find('cisco_ios_telnet')?.id).toBe('cisco_ios')
    expect(platforms.find('frr_telnet')?.id).toBe('frr')
    expect(platforms.find('junos')?.id).toBe('juniper_junos')
    expect(platforms.find('windows')).toBeUndefined()
  })

  it('give a command as long as the setting says, and longer where the file says so', () => {
    const folder = mkdtempSync(join(tmpdir(), 'platforms-'))
    writeFileSync(join(folder, 'vpcs.yaml'), readFileSync(new URL('../../../inventory/platforms/vpcs.yaml', import.meta.url), 'utf8'))
    const commandMs = (leastMs?: number) =>
      loadPlatforms(folder, leastMs === undefined ? {} : { commandMs: leastMs }).get('vpcs').timing.commandMs
    expect([commandMs(), commandMs(1), commandMs(45_000)]).toEqual([20_000, 20_000, 45_000])
  })

  it('names the line of a pattern that is no regular expression', () => {
    const folder = mkdtempSync(join(tmpdir(), 'platforms-'))
    writeFileSync(join(folder, 'x.yaml'), 'platform: x\ntitle: X\nmodes:\n  exec:\n    prompt: "["\n')
    expect(() => loadPlatforms(folder)).toThrow(
      expect.objectContaining({
        code: 'INVENTORY_INVALID',
        details: expect.objectContaining({ problems: saying(/line 5: modes\.exec\.prompt is no regular expression/u) }),
      }),
    )
  })

  it('inherits from groups in order, then from the defaults, and merges data', () => {
    const folder = mkdtempSync(join(tmpdir(), 'inventory-'))
    writeFileSync(
      join(folder, 'hosts.yaml'),
      'R1: { hostname: 10.0.0.1, groups: [site, router], data: { rack: 3 } }\nS: { groups: [router], port: 5001, platform: linux }\n',
    )
    writeFileSync(
      join(folder, 'groups.yaml'),
      'base: { username: base, password: p }\nsite: { groups: [base], data: { rack: 1, city: Bern } }\nrouter: { platform: ios, username: late, port: 22 }\n',
    )
    writeFileSync(join(folder, 'defaults.yaml'), 'data: { city: none, zone: lab }\n')
    const { hosts, find } = readInventory(folder, platforms)
    expect(find('R1')).toEqual({
      name: 'R1',
      hostname: '10.0.0.1',
      port: 22,
      transport: 'ssh',
      platform: 'cisco_ios',
      username: 'base',
      password: 'p',
      groups: ['site', 'base', 'router'],
      data: { rack: 3, city: 'Bern', zone: 'lab' },
    })
    expect(hosts[1]).toMatchObject({ name: 'S', hostname: 'S', port: 5001, transport: 'telnet', platform: 'linux' })
  })

  it('takes the transport from data, else from the platform, else from the port', () => {
    const folder = mkdtempSync(join(tmpdir(), 'inventory-'))
    const hosts = [
      'A: { platform: linux }',
      'B: { platform: cisco_ios_telnet }',
      'C: { port: 2022, platform: linux }',
      'D: { port: 5000, platform: linux, data: { transport: ssh } }',
    ]
    writeFileSync(join(folder, 'lab.yaml'), hosts.join('\n'))
    const read = readInventory(join(folder, 'lab.yaml'), platforms).hosts
    expect(read.map(({ name, transport, port }) => [name, transport, port])).toEqual([
      ['A', 'ssh', 22],
      ['B', 'telnet', 23],
      ['C', 'telnet', 2022],
      ['D', 'ssh', 5000],
    ])
  })

  it('names every unknown group and platform at once', () => {
    const folder = mkdtempSync(join(tmpdir(), 'inventory-'))
    writeFileSync(join(folder, 'hosts.yaml'), 'A: { groups: [nowhere] }\nB: { platform: windows }\n')
    expect(() => readInventory(folder, platforms)).toThrow(
      expect.objectContaining({
        details: expect.objectContaining({ problems: saying('A: no group is called nowhere, B: no platform is called windows') }),
      }),
    )
  })

  it('offers an example folder that can be read', () => {
    const example = readInventory(new URL('../../../inventory/examples', import.meta.url).pathname, platforms)
    expect(example.hosts.map(({ name, platform, transport }) => [name, platform, transport])).toEqual([
      ['PC1', 'vpcs', 'telnet'],
      ['R1', 'cisco_ios', 'telnet'],
      ['SRV', 'linux', 'ssh'],
    ])
  })
})
