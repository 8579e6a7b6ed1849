import { createTextScreen } from './text-screen.ts'

/** The first console of a virtual machine: it asks for a login, and lets nobody in. */
export function createMachineConsole(name: string) {
  const screen = createTextScreen()
  let typed = ''
  let isPassword = false
  const print = (text: string) => screen.write(Buffer.from(text.replaceAll('\n', '\r\n'), 'latin1'))
  const ask = () => print(isPassword ? 'Password: ' : `${name} login: `)
  const enter = () => {
    print('\n')
    if (isPassword) print('\nLogin incorrect\n')
    isPassword = !isPassword && typed !== ''
    typed = ''
    ask()
  }
  const press = (bytes: Uint8Array): void => {
    for (const byte of bytes) {
      if (byte === 13) enter()
      else if (byte === 127 && typed !== '') {
        typed = typed.slice(0, -1)
        if (!isPassword) print('\b \b')
      } else if (byte >= 32 && byte < 127 && typed.length < 60) {
        typed += String.fromCharCode(byte)
        if (!isPassword) print(String.fromCharCode(byte))
      }
    }
  }
  print(`Debian GNU/Linux 12 ${name} tty1\n\n`)
  ask()
  return { screen, press }
}

export type MachineConsole = ReturnType<typeof createMachineConsole>
