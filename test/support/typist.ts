import { connect } from 'node:net'
import { waitFor } from './wait.ts'

/** A hand at a console: types a line when the prompt is there, reads up to the next one. Not the product's console client. */
export interface Typist {
  /** @returns what the device said, echo included, up to its next prompt */
  type(line: string): Promise<string>
  leave(): Promise<void>
}

/** `PC1> `, `R1#`, `R1(config-if)#`, `root@SRV:/# `, alone on the last line. */
const prompt = /(?:^|[\r\n])[^\r\n]*[>#$] ?$/

const iac = 255
const negotiation = new Set([251, 252, 253, 254])

/** Drops telnet's own bytes; a two-byte command is followed by nothing, a negotiation by its option. */
function withoutTelnet(chunk: Buffer): string {
  const kept: number[] = []
  for (let at = 0; at < chunk.length; at += 1) {
    if (chunk[at] !== iac) kept.push(chunk[at] ?? 0)
    else at += negotiation.has(chunk[at + 1] ?? 0) ? 2 : 1
  }
  return Buffer.from(kept).toString('latin1')
}

/** Opens a console and presses Enter until it shows a prompt. */
export async function sitDownAt(console: { readonly host: string; readonly port: number }): Promise<Typist> {
  const socket = connect(console.port, console.host)
  let seen = ''
  let fault: Error | undefined
  socket.on('data', (chunk: Buffer) => {
    seen += withoutTelnet(chunk)
  })
  socket.on('error', (error) => {
    fault = error
  })
  const untilPrompt = (what: string, isThere: () => boolean, enterEveryMs: number) => {
    let entered = Date.now()
    return waitFor(
      `a prompt at ${console.host}:${console.port} ${what}`,
      () => {
        if (fault) throw fault
        if (Date.now() - entered > enterEveryMs) {
          socket.write('\r')
          entered = Date.now()
        }
        return isThere()
      },
      { deadlineMs: 30_000, everyMs: 20 },
    )
  }
  /** The answers to all Enters are in when nothing has come for a while. */
  async function settle(): Promise<void> {
    let length = -1
    let since = Date.now()
    await waitFor(
      'a console that keeps still',
      () => {
        if (seen.length !== length) {
          length = seen.length
          since = Date.now()
        }
        return Date.now() - since > 150 && prompt.test(seen)
      },
      { deadlineMs: 15_000, everyMs: 20 },
    )
  }
  await untilPrompt('at first', () => prompt.test(seen), 400)
  await settle()
  return {
    type: async (line) => {
      seen = ''
      socket.write(`${line}\r`)
      await untilPrompt(
        `after "${line}", seen ${JSON.stringify(seen)}`,
        () => /[\r\n]/.test(seen) && prompt.test(seen),
        Number.POSITIVE_INFINITY,
      )
      await settle()
      return seen.replaceAll('\r', '')
    },
    leave: async () => {
      await new Promise<void>((resolve) => {
        socket.once('close', () => resolve())
        socket.destroy()
      })
    },
  }
}
