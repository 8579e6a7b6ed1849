/** X11's numbers of keys that write no character. */
const named: Readonly<Record<number, string>> = {
  65288: '\x7f',
  65289: '\t',
  65293: '\r',
  65307: '\x1b',
  65361: '\x1b[D',
  65362: '\x1b[A',
  65363: '\x1b[C',
  65364: '\x1b[B',
  65421: '\r',
  65535: '\x1b[3~',
}
const controls = [65507, 65508]

/** What a text console makes of keys pressed and let go. @returns the bytes of a key, empty for none */
export function createKeyboard() {
  let isControl = false
  return (keysym: number, isDown: boolean): Buffer => {
    if (controls.includes(keysym)) isControl = isDown
    if (!isDown) return Buffer.alloc(0)
    if (keysym >= 32 && keysym < 127) return Buffer.from([isControl ? keysym & 31 : keysym])
    return Buffer.from(named[keysym] ?? '', 'latin1')
  }
}
