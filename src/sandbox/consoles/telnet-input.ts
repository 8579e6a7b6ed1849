const IAC = 255
const [DONT, DO, WONT, WILL, SB] = [254, 253, 252, 251, 250]
const [SE, AYT] = [240, 246]
const [BINARY, ECHO, SGA] = [0, 1, 3]

/** The options GNS3's proxy offers itself. */
const OFFERED: ReadonlySet<number> = new Set([BINARY, ECHO, SGA])

type State = 'data' | 'iac' | 'option' | 'sub' | 'sub-iac'

/**
 * Takes the telnet commands out of what a client sends; commands may be cut anywhere. The proxy keeps no option state: it answers every
 * DO SGA with WILL SGA again, so a client that answers back loops for ever (recorded: gns3_telnet/negotiation_loop).
 */
export function createTelnetInput(answer: (bytes: Uint8Array) => void): (chunk: Uint8Array) => Uint8Array {
  let state: State = 'data'
  let command = 0

  const onCommand = (byte: number, data: number[]): State => {
    if (byte === IAC) {
      data.push(IAC)
      return 'data'
    }
    if (byte === AYT) answer(Buffer.from('\r\nYour Are-You-There received. I am here.\r\n'))
    if (byte === SB) return 'sub'
    if (byte < WILL || byte > DONT) return 'data'
    command = byte
    return 'option'
  }

  const onOption = (option: number): void => {
    if (command === DO && option === SGA) answer(Uint8Array.of(IAC, WILL, option))
    else if (command === DO && !OFFERED.has(option)) answer(Uint8Array.of(IAC, WONT, option))
  }

  const step = (byte: number, data: number[]): State => {
    switch (state) {
      case 'data':
        if (byte === IAC) return 'iac'
        data.push(byte)
        return 'data'
      case 'iac':
        return onCommand(byte, data)
      case 'option':
        onOption(byte)
        return 'data'
      case 'sub':
        return byte === IAC ? 'sub-iac' : 'sub'
      case 'sub-iac':
        return byte === SE ? 'data' : 'sub'
    }
  }

  return (chunk) => {
    const data: number[] = []
    for (const byte of chunk) state = step(byte, data)
    return Uint8Array.from(data)
  }
}
