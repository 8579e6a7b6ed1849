import { connect } from 'node:net'
import { systemClock } from '../../../src/lib/clock.ts'

/**
 * Types one command into a VPCS through a console and returns the text up to its next prompt. Not the product's console: as little as
 * is needed to see that packets flow. VPCS loses what is typed while it is busy, so the prompt is waited for first, Enter after Enter.
 */
export async function askVpcs(port: number, command: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  let seen = ''
  socket.on('data', (chunk) => {
    seen += chunk.toString('latin1')
  })
  const failed = new Promise<never>((_resolve, reject) => {
    socket.once('error', reject)
    socket.once('close', () => reject(new Error(`the console closed after ${JSON.stringify(seen)}`)))
  })
  const until = async (isThere: () => boolean, enterEveryMs = Number.POSITIVE_INFINITY) => {
    const begun = Date.now()
    let entered = begun
    while (!isThere()) {
      if (Date.now() - begun > 20_000) throw new Error(`no prompt in ${JSON.stringify(seen)}`)
      if (Date.now() - entered > enterEveryMs) {
        socket.write('\r')
        entered = Date.now()
      }
      await systemClock.sleep(20)
    }
  }
  const talk = async () => {
    await until(() => /\S+> $/.test(seen), 300)
    await quiet(() => seen)
    seen = ''
    socket.write(`${command}\r`)
    await until(() => seen.includes(command.slice(-3)) && /[\r\n]\S+> $/.test(seen))
    return seen.replaceAll('\r', '')
  }
  try {
    return await Promise.race([talk(), failed])
  } finally {
    failed.catch(() => undefined)
    socket.destroy()
  }
}

/** The answers to our Enters are all in when nothing has come for a while. */
async function quiet(seen: () => string): Promise<void> {
  let before = ''
  while (before !== seen()) {
    before = seen()
    await systemClock.sleep(200)
  }
}
