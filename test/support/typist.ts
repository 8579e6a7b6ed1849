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

/** How long a console keeps still before its answer counts as whole, and before somebody presses Enter to see the prompt again. */
const stillMs = 150
const impatientMs = 1_500

/** Opens a console and presses Enter until it shows a prompt. */
export async function sitDownAt(console: { readonly host: string; readonly port: number }): Promise<Typist> {
  const socket = connect(console.port, console.host)
  let seen = ''
  let heardAt = Date.now()
  let fault: Error | undefined
  socket.on('data', (chunk: Buffer) => {
    seen += withoutTelnet(chunk)
    heardAt = Date.now()
  })
  socket.on('error', (error) => {
    fault = error
  })
  /** A log line may come behind the prompt: then the prompt is asked for again, as a person would. */
  const untilPrompt = (what: string, isThere: () => boolean) => {
    let pressedAt = 0
    return waitFor(
      `a prompt at ${console.host}:${console.port} ${what}`,
      () => {
        if (fault) throw fault
        const stillFor = Date.now() - heardAt
        if (isThere() && stillFor > stillMs) return true
        if (stillFor > impatientMs && Date.now() - pressedAt > impatientMs) {
          socket.write('\r')
          pressedAt = Date.now()
        }
        return false
      },
      { deadlineMs: 45_000, everyMs: 20 },
    )
  }
  heardAt = 0
  await untilPrompt('at first', () => prompt.test(seen))
  return {
    type: async (line) => {
      seen = ''
      heardAt = Date.now()
      socket.write(`${line}\r`)
      await untilPrompt(`after "${line}"`, () => /[\r\n]/.test(seen) && prompt.test(seen))
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
