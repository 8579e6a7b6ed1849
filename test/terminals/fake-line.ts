import type { TerminalLine, TerminalSize } from '../../src/clients/console/index.ts'
import type { ServerMessage, TerminalStateMessage } from '../../src/terminals/messages.ts'
import type { Viewer } from '../../src/terminals/viewers.ts'

/** A console line whose device is the test. */
export interface FakeLine extends TerminalLine {
  /** What was typed at the device. */
  readonly typed: string[]
  readonly sizes: TerminalSize[]
  readonly breaks: number[]
  isPaused: boolean
  isClosed: boolean
  print(text: string): void
  hangUp(): void
}

export function createFakeLine(answer: (typed: string, line: FakeLine) => void = () => undefined): FakeLine {
  let receive: (chunk: Buffer) => void = () => undefined
  let closed: () => void = () => undefined
  const line: FakeLine = {
    typed: [],
    sizes: [],
    breaks: [],
    isPaused: false,
    isClosed: false,
    unsentBytes: 0,
    write: (data) => {
      line.typed.push(data)
      answer(data, line)
    },
    resize: (size) => void line.sizes.push(size),
    sendBreak: () => void line.breaks.push(1),
    pause: () => {
      line.isPaused = true
    },
    resume: () => {
      line.isPaused = false
    },
    close: () => {
      line.isClosed = true
      closed()
    },
    attach: (receiver) => {
      receive = receiver.data
      closed = () => receiver.closed()
    },
    print: (text) => receive(Buffer.from(text)),
    hangUp: () => closed(),
  }
  return line
}

export interface FakeViewer extends Viewer {
  readonly told: ServerMessage[]
  output: string
  unsentBytes: number
  closedWith: string | null
  /** The last state it was told. */
  state(): TerminalStateMessage | undefined
  notices(): string[]
}

export function createFakeViewer(name: string, mayType = true): FakeViewer {
  const viewer: FakeViewer = {
    userId: name,
    name,
    mayType,
    told: [],
    output: '',
    unsentBytes: 0,
    closedWith: null,
    tell: (message) => void viewer.told.push(message),
    show: (text) => {
      viewer.output += text
    },
    close: (_code, reason) => {
      viewer.closedWith = reason()
    },
    inLanguage: (run) => run(),
    state: () => viewer.told.findLast((message) => message.type === 'state'),
    notices: () => viewer.told.flatMap((message) => (message.type === 'notice' ? [message.text] : [])),
  }
  return viewer
}
