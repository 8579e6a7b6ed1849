import type { RestorePlan } from '../../platform.ts'

/** One line as the device printed it, blanks at the ends taken off, with the lines below it. */
interface Block {
  readonly text: string
  readonly indent: number
  readonly children: Block[]
}

/** Printed, but no command: headings, comments, ends of blocks, and what a log line left in the middle. */
const noCommand = [
  /^\s*!/,
  /^(?:Building configuration|Current configuration|Using \d+ |Load for five secs|Time source is)/,
  /^(?:end|\s*exit|\s*exit-[a-z-]+)$/,
  /%[A-Z0-9_]+(?:-[A-Z0-9_]+)*-[0-7]-[A-Z0-9_]+: /,
  /^(?:frr )?version |^frr defaults |^boot-(?:start|end)-marker$|^ntp clock-period /,
]
/** Texts over several lines and certificates cannot be typed line by line; they are named instead. */
const severalLines = /^(?:\s*banner |crypto pki certificate|\s*certificate )/
/** Removing one of these could lock everybody out, or asks a question first. */
const neverRemoved = /^(?:no )?(?:username|enable|aaa|line|hostname|vdc|feature|boot|license|crypto|redundancy|service|log)\b/
/** What a person made, unlike a port of the device, which can only be emptied. */
const madeInterface = /^interface (?:(?:loopback|lo|tunnel|port-channel|bvi|dialer)\s*\d|\S+\.\d+$)/i
const unprintable = /[^\x20-\x7e]/

/** @returns the blocks, and the lines that cannot be typed */
function readBlocks(text: string): { blocks: Block[]; skipped: string[] } {
  const blocks: Block[] = []
  const skipped: string[] = []
  const open: Block[] = []
  let bannerEnd: string | null = null
  for (const line of text.split('\n').map((one) => one.trimEnd())) {
    if (bannerEnd !== null) {
      if (line.includes(bannerEnd)) bannerEnd = null
      continue
    }
    if (line.trim() === '' || noCommand.some((pattern) => pattern.test(line))) continue
    const indent = line.length - line.trimStart().length
    while ((open.at(-1)?.indent ?? -1) >= indent) open.pop()
    if (severalLines.test(line) || unprintable.test(line) || line.includes('[secret ')) {
      skipped.push(line.trim())
      bannerEnd = endOfBanner(line)
      // what stands below belongs to it
      open.push({ text: line.trim(), indent, children: [] })
      continue
    }
    const block: Block = { text: line.trim(), indent, children: [] }
    ;(open.at(-1)?.children ?? blocks).push(block)
    open.push(block)
  }
  return { blocks, skipped }
}

/** `banner motd ^C`: up to the same sign again; EOS ends its own by `EOF`. */
function endOfBanner(line: string): string | null {
  const [, rest] = /^\s*banner (?:[a-z-]+)(?: (.*))?$/.exec(line) ?? []
  if (rest === undefined) return /^\s*banner /.test(line) ? 'EOF' : null
  const sign = rest.startsWith('^C') ? '^C' : rest.charAt(0)
  return rest.slice(sign.length).includes(sign) ? null : sign
}

const negated = (text: string): string => (text.startsWith('no ') ? text.slice(3) : `no ${text}`)

/** `ip address A M` replaces another one, and `no ip address` stands where none is: what is set anew is not taken away before. */
function isReplaced(text: string, wanted: readonly Block[]): boolean {
  if (!text.startsWith('no ')) return false
  return wanted.some((one) => one.text.startsWith(text.slice(3)))
}

/** Every block with the same head as one. */
const childrenOf = (blocks: readonly Block[], head: string): Block[] =>
  blocks.filter(({ text }) => text === head).flatMap(({ children }) => children)

const heads = (blocks: readonly Block[]): string[] => [...new Set(blocks.map(({ text }) => text))]

/** What is there and should not be: taken away within its block, or with the whole block. */
function removals(current: readonly Block[], wanted: readonly Block[]): string[] {
  return heads(current).flatMap((head) => {
    const isKept = wanted.some(({ text }) => text === head)
    const children = childrenOf(current, head)
    if (isKept || (head.startsWith('interface ') && !madeInterface.test(head))) {
      const inside = removals(children, childrenOf(wanted, head))
      return inside.length === 0 ? [] : [head, ...inside, 'exit']
    }
    return neverRemoved.test(head) || isReplaced(head, wanted) ? [] : [negated(head)]
  })
}

/** What should be there and is not, block by block, in the order of the wanted configuration. */
function additions(current: readonly Block[], wanted: readonly Block[]): string[] {
  return heads(wanted).flatMap((head) => {
    const children = childrenOf(wanted, head)
    const inside = additions(childrenOf(current, head), children)
    const isThere = current.some(({ text }) => text === head)
    if (children.length === 0) return isThere ? [] : [head]
    return isThere && inside.length === 0 ? [] : [head, ...inside, 'exit']
  })
}

/**
 * From one configuration of blocks (IOS, NX-OS, EOS, FRR) to another, by typing only what differs: first what is taken away, then what is
 * set. Interfaces, users and passwords are never removed.
 */
export const planBlocks: RestorePlan = (current, wanted) => {
  const [now, then] = [readBlocks(current), readBlocks(wanted)]
  const commands = [...removals(now.blocks, then.blocks), ...additions(now.blocks, then.blocks)]
  return { commands: commands.length === 0 ? [] : ['configure terminal', ...commands, 'end'], leftOut: then.skipped }
}
