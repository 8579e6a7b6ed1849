import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import type { Duplex } from 'node:stream'
import { cookieOf, passwordOf, type TestApp } from '../support/app.ts'

/** Where the labs of these tests are. */
export const pattern = 'lab-{id}.labs.example.org'

interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}
interface Asking {
  readonly method?: string
  readonly host: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** A browser without pages: asks any host name of an application that listens on `port`. Its websockets end with the test that clears `sockets`. */
export function createLabVisitor(world: TestApp, port: number, sockets: Duplex[]) {
  const ask = (path: string, { method = 'GET', host, headers = {}, body }: Asking) =>
    new Promise<Answer>((resolve, reject) => {
      const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
      const sent = httpRequest(
        { agent: false, host: '127.0.0.1', port, path, method, headers: { host, ...length, ...headers } },
        (answer) => {
          let text = ''
          answer.on('data', (chunk: Buffer) => {
            text += chunk.toString('utf8')
          })
          answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: text }))
        },
      )
      sent.on('error', reject)
      sent.end(body)
    })

  const hostOf = (workVmId: string) => `${pattern.replace('{id}', workVmId)}:8080`
  const signIn = async (username: string) => cookieOf(await world.stranger.post('/sign-in', { username, password: passwordOf(username) }))

  /** From our page to the lab's host name. @returns how it is asked from then on */
  async function enter(cookie: string, workVmId: string) {
    const sent = await world.app.inject({ url: `/work-vms/${workVmId}/gns3`, headers: { cookie } })
    const to = new URL(String(sent.headers.location))
    const entered = await ask(`${to.pathname}${to.search}`, { host: to.host })
    const [own = ''] = (entered.headers['set-cookie'] ?? []).map((one) => one.split(';', 1)[0] ?? '')
    return { to, entered, own, at: { host: to.host, headers: { cookie: own } } }
  }

  const write = (path: string, at: { host: string; headers: Readonly<Record<string, string>> }, body: object = {}, method = 'POST') =>
    ask(path, {
      ...{ method, host: at.host, body: JSON.stringify(body) },
      headers: { 'content-type': 'application/json', origin: `http://${at.host}`, ...at.headers },
    })

  /** A websocket at a lab. @returns the status of a refusal */
  async function connect(path: string, { host, headers }: { host: string; headers: Readonly<Record<string, string>> }) {
    const end: { code: number | null } = { code: null }
    const told: string[] = []
    const key = Buffer.from('a websocket key!').toString('base64')
    const upgrade = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13', 'sec-websocket-key': key }
    return new Promise<{ status: number; end: typeof end; told: string[]; type: (text: string) => void }>((resolve) => {
      const sent = httpRequest({ agent: false, host: '127.0.0.1', port, path, headers: { host, ...upgrade, ...headers } })
      sent.on('response', (answer) => {
        answer.resume()
        resolve({ status: answer.statusCode ?? 0, end, told, type: () => undefined })
      })
      sent.on('upgrade', (_answer, socket, head) => {
        const hear = (frame: Buffer) => {
          if (frame.length >= 4 && (frame.readUInt8(0) & 15) === 8) {
            end.code = frame.readUInt16BE(2)
            socket.destroy()
          } else if (frame.length > 2) told.push(frame.subarray(2).toString('utf8'))
        }
        if (head.length > 0) hear(head)
        socket.on('data', hear)
        socket.on('close', () => {
          end.code ??= 1006
        })
        socket.on('error', () => socket.destroy())
        sockets.push(socket)
        const type = (text: string) => socket.write(Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text)]))
        resolve({ status: 101, end, told, type })
      })
      // a refusal may be cut off behind its first bytes
      sent.on('error', () => resolve({ status: 403, end, told, type: () => undefined }))
      sent.end()
    })
  }
  return { ask, write, connect, enter, signIn, hostOf }
}
