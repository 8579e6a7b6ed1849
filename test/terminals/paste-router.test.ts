import { afterEach, expect, it } from 'vitest'
import { systemClock } from '../../src/lib/clock.ts'
import { createLabNetwork, openConsoleListener } from '../../src/sandbox/network/index.ts'
import { memoryFiles } from '../sandbox/network/lab-kit.ts'
import { waitFor } from '../support/wait.ts'
import { type Person, sitDown } from './person.ts'

const undo: (() => unknown)[] = []
let person: Person | undefined
afterEach(async () => {
  await person?.leave()
  for (const step of undo.splice(0).reverse()) await step()
})

/** An emulated Cisco router on a switch, whose interfaces say in the middle of everything that they came up. */
async function startRouter(): Promise<number> {
  const network = createLabNetwork({ clock: systemClock, speed: 50 })
  undo.push(() => network.close())
  network.addNode({
    ...{ id: 'R1', name: 'R1', type: 'dynamips', properties: { platform: 'c3725', dynamips_id: 1 } },
    files: memoryFiles({ 'configs/i1_startup-config.cfg': 'hostname R1\nend\n' }),
  })
  network.addNode({ id: 'SW1', name: 'SW1', type: 'ethernet_switch', properties: {}, files: memoryFiles() })
  const end = (nodeId: string) => ({ nodeId, adapter: 0, port: 0 })
  network.addLink({ id: 'l', ends: [end('R1'), end('SW1')] })
  for (const id of ['SW1', 'R1']) await network.start(id)
  const console = network.console('R1')
  if (console === null) throw new Error('no console')
  const listener = await openConsoleListener({ console, host: '127.0.0.1', port: 0 })
  undo.push(listener.close)
  return listener.port
}

it('forty lines pasted into a router arrive without a loss, past its own log lines', { timeout: 120_000 }, async () => {
  person = await sitDown('cisco_ios', await startRouter())
  const { viewer } = person
  await waitFor('the end of the boot', () => /Press RETURN to get started/u.test(viewer.output))
  await person.press('\r', /R1>/u)
  const routes = Array.from({ length: 32 }, (_, index) => `ip route 10.77.${index}.0 255.255.255.0 Null0`)
  const address = ['interface FastEthernet0/0', ' ip address 10.0.1.1 255.255.255.0', ' no shutdown', ' exit']
  await person.paste(['enable', 'configure terminal', ...address, ...routes, 'end', 'terminal length 0'])
  const { length } = viewer.output
  await person.press('show running-config\r', /\nend\r\n[\s\S]*R1#$/u)
  const shown = viewer.output.slice(length)
  expect(shown.match(/^ip route 10\.77\.\d+\.0 255\.255\.255\.0 Null0\r$/gmu)).toHaveLength(32)
  expect(shown).toContain(' ip address 10.0.1.1 255.255.255.0')
  expect(viewer.output).toContain('%LINK-3-UPDOWN')
})
