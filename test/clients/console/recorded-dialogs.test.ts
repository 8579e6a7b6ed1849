import { describe, expect, it } from 'vitest'
import { openConsoleOver } from '../../../src/clients/console/index.ts'
import { consoleOptions } from './fake-transport.ts'
import { confirmations, failingNexus, newNexus, newRouter, newSwitch, play, type RecordedDialog, reload } from './recorded-dialogs.ts'

type Extra = Parameters<typeof consoleOptions>[1]
const admin: Extra = { credentials: { username: 'admin', password: '' } }

async function open(dialog: RecordedDialog, isHeard: boolean, extra: Extra = {}) {
  const played = play(dialog, isHeard)
  const session = await openConsoleOver(played.device.transport, consoleOptions(dialog.platform, extra))
  return { ...played, session }
}

/** The first words come to us, or somebody else has read them and gone. */
const heard = [true, false] as const

describe('the words of a real device that asks by itself', () => {
  it.each([newRouter, newSwitch].flatMap((dialog) => heard.map((isHeard) => [dialog.source, isHeard, dialog] as const)))(
    'lead to its prompt: %s (heard: %s)',
    async (_source, isHeard, dialog) => {
      const { session } = await open(dialog, isHeard)
      const { ended, text } = await session.ask('show ip interface brief')
      expect([ended, text.split('\n').find((line) => line.startsWith('Gig'))]).toEqual([
        'prompt',
        'GigabitEthernet0/0         40.0.0.1        YES manual up                    up',
      ])
      expect(session.notes.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['dialog', 'other-mode']))
      await session.close()
    },
  )

  it.each([newNexus, failingNexus].flatMap((dialog) => heard.map((isHeard) => [dialog.source, isHeard, dialog] as const)))(
    'lead through the provisioning to its login: %s (heard: %s)',
    async (_source, isHeard, dialog) => {
      const { session } = await open(dialog, isHeard, admin)
      expect((await session.ask('show clock')).text).toBe('23:51:02.123 UTC Fri Apr 22 2022\n')
      expect(session.notes.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['dialog', 'logged-in']))
      await session.close()
    },
  )

  it('name the account that is missing behind the provisioning, and none is guessed', async () => {
    const played = play(newNexus, true)
    const opening = openConsoleOver(played.device.transport, consoleOptions('cisco_nxos'))
    await expect(opening).rejects.toMatchObject({ code: 'CONSOLE_CREDENTIALS_MISSING' })
  })

  it.each(
    [reload, ...confirmations].flatMap((dialog) => heard.map((isHeard) => [dialog.scenes.start?.says.trim(), isHeard, dialog] as const)),
  )('never come true because we woke the console: %s (heard: %s)', async (_words, isHeard, dialog) => {
    const { session, scene, executed } = await open(dialog, isHeard)
    expect((await session.ask('show ip interface brief')).text).toContain('GigabitEthernet0/0')
    expect(scene()).not.toBe('gone')
    expect(executed.filter((line) => /: yes?$/u.test(line))).toEqual([])
    await session.close()
  })
})
