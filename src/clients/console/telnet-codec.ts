/**
 * Telnet's own commands, taken out of the bytes of a console (RFC 854, 855) and answered with a memory per option (RFC 1143), so that
 * a peer that repeats itself is answered once: GNS3's proxy says WILL SGA again for every DO SGA, and a client without memory loops
 * for ever (reference capture gns3_telnet/negotiation_loop). We never start a negotiation, so Q-method's WANT states cannot occur.
 */
const IAC = 255
const DONT = 254
const DO = 253
const WONT = 252
const WILL = 251
const SB = 250
const SE = 240
const BINARY = 0
const ECHO = 1
const SGA = 3
const TTYPE = 24
const NAWS = 31

export interface TerminalSize {
  readonly columns: number
  readonly rows: number
}

/** Told to the peer when programs read: wide, so that nothing wraps. */
export const terminalSize: TerminalSize = { columns: 512, rows: 50 }
/** `IAC BRK`: the break of a serial line, which routers take for "stop booting". */
export const breakCommand = Buffer.from([IAC, 243])

const acceptedOfPeer = new Set([BINARY, ECHO, SGA])
const acceptedOfUs = new Set([BINARY, SGA, TTYPE, NAWS])
/** Longest subnegotiation kept; a longer one is swallowed unread. */
const maxSubnegotiation = 256
/** Answers in one second; a peer that asks more often gets none until the second is over. */
const maxRepliesPerSecond = 50

export interface TelnetCodec {
  /** Takes bytes as they came; gives the device's own bytes and what must be written back, in one piece. */
  decode(chunk: Buffer, nowMs: number): { readonly data: Buffer; readonly reply: Buffer }
  /** Doubles 0xff. */
  encode(data: Buffer): Buffer
  /** A new size of the window. @returns what to tell the peer; nothing where it never asked for sizes */
  resize(size: TerminalSize): Buffer
}

type State = 'data' | 'iac' | 'verb' | 'sub' | 'sub-iac'

export function createTelnetCodec(size: TerminalSize = terminalSize): TelnetCodec {
  let window = size
  let state: State = 'data'
  let verb = 0
  let sub: number[] = []
  const peer = new Map<number, boolean>()
  const own = new Map<number, boolean>()
  const budget = createBudget()

  const negotiate = (option: number): number[] => {
    const asksUs = verb === DO || verb === DONT
    const states = asksUs ? own : peer
    const wanted = verb === DO || verb === WILL
    const accepted = wanted && (asksUs ? acceptedOfUs : acceptedOfPeer).has(option)
    // Unknown and off are different: the first refusal is said, its repetition is not.
    if (states.get(option) === accepted && (states.has(option) || !wanted)) return []
    const wasOn = states.get(option) === true
    states.set(option, accepted)
    if (!wanted && !wasOn) return []
    const yes = asksUs ? WILL : DO
    const no = asksUs ? WONT : DONT
    const reply = [IAC, accepted ? yes : no, option]
    return verb === DO && option === NAWS && accepted ? [...reply, ...windowSize(window)] : reply
  }

  const subnegotiation = (): number[] => {
    const isTerminalTypeRequest = sub[0] === TTYPE && sub[1] === 1
    return isTerminalTypeRequest ? [IAC, SB, TTYPE, 0, ...Buffer.from('VT100'), IAC, SE] : []
  }

  const command = (byte: number, data: number[]): State => {
    if (byte === IAC) data.push(IAC)
    if (byte >= WILL && byte <= DONT) {
      verb = byte
      return 'verb'
    }
    if (byte !== SB) return 'data'
    sub = []
    return 'sub'
  }

  const step = (byte: number, data: number[], reply: (bytes: number[]) => void): State => {
    if (state === 'data') {
      if (byte === IAC) return 'iac'
      data.push(byte)
      return 'data'
    }
    if (state === 'iac') return command(byte, data)
    if (state === 'verb') {
      reply(negotiate(byte))
      return 'data'
    }
    if (state === 'sub') {
      if (byte === IAC) return 'sub-iac'
      if (sub.length < maxSubnegotiation) sub.push(byte)
      return 'sub'
    }
    if (byte === SE) {
      reply(subnegotiation())
      return 'data'
    }
    if (byte === IAC && sub.length < maxSubnegotiation) sub.push(IAC)
    // Anything but IAC or SE here is a broken peer: the subnegotiation is given up and the command obeyed.
    return byte === IAC ? 'sub' : command(byte, data)
  }

  return {
    decode: (chunk, nowMs) => {
      const data: number[] = []
      const replies: number[] = []
      const reply = (bytes: number[]) => {
        if (bytes.length > 0 && budget.take(nowMs)) replies.push(...bytes)
      }
      if (state === 'data' && !chunk.includes(IAC)) return { data: chunk, reply: nothing }
      for (const byte of chunk) state = step(byte, data, reply)
      return { data: Buffer.from(data), reply: Buffer.from(replies) }
    },
    encode: (data) => (data.includes(IAC) ? doubled(data) : data),
    resize: (next) => {
      window = next
      return Buffer.from(own.get(NAWS) === true ? windowSize(next) : [])
    },
  }
}

const nothing = Buffer.alloc(0)
const doubled = (data: Buffer): Buffer => Buffer.from(Array.from(data).flatMap((byte) => (byte === IAC ? [IAC, IAC] : [byte])))

/** NAWS as one piece: GNS3's parser breaks on a command that is split (dependencies.md, section 3). */
function windowSize({ columns, rows }: TerminalSize): number[] {
  const bytes = [columns >> 8, columns & 255, rows >> 8, rows & 255].flatMap((byte) => (byte === IAC ? [IAC, IAC] : [byte]))
  return [IAC, SB, NAWS, ...bytes, IAC, SE]
}

function createBudget() {
  let second = 0
  let used = 0
  return {
    take: (nowMs: number): boolean => {
      const current = Math.floor(nowMs / 1000)
      if (current !== second) used = 0
      second = current
      used += 1
      return used <= maxRepliesPerSecond
    },
  }
}
