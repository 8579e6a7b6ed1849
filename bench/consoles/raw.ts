import { connect, type Socket } from 'node:net'

/** What a plain script does, and nothing more: the baseline. */
export interface RawConsole {
  ask(command: string): Promise<string>
  close(): void
}

const silenceMs = 150

/** Connects, reads until it is silent, sends a CR and waits for the prompt. Telnet options are left unanswered. */
export async function openRaw(port: number, prompt: RegExp): Promise<RawConsole> {
  const socket = connect(port, '127.0.0.1')
  socket.setNoDelay(true)
  const seen = collect(socket)
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  await seen.quiet(silenceMs)
  seen.text = ''
  socket.write('\r')
  await seen.until((text) => prompt.test(text))
  return {
    ask: async (command) => {
      seen.text = ''
      socket.write(`${command}\r`)
      await seen.until((text) => text.includes(command) && prompt.test(text.slice(text.indexOf(command) + command.length)))
      return seen.text
    },
    close: () => socket.destroy(),
  }
}

function collect(socket: Socket) {
  let wake: () => void = () => undefined
  const seen = {
    text: '',
    until: async (test: (text: string) => boolean) => {
      while (!test(seen.text))
        await new Promise<void>((resolve, reject) => {
          wake = resolve
          socket.once('close', () => reject(new Error('closed')))
        })
    },
    quiet: async (ms: number) => {
      for (let length = -1; length !== seen.text.length; ) {
        length = seen.text.length
        await new Promise((resolve) => setTimeout(resolve, ms))
      }
    },
  }
  socket.setMaxListeners(0)
  socket.on('data', (chunk) => {
    seen.text += chunk.toString('latin1')
    wake()
  })
  return seen
}
