const mark = /netpraxis:[^\s:]+:\d+:[^\s:]+/g

/** The marks `netpraxis:<installation>:<vmid>:<purpose>` in a VM's description. */
export const marksIn = (description: string): string[] => description.match(mark) ?? []

/**
 * Whether a VM's description carries what is expected: each mark of it, or, when it holds none, the same text.
 * People may add notes to a description; they may not make a foreign VM ours by a prefix.
 */
export function carriesMark(description: string, expected: string): boolean {
  const wanted = marksIn(expected)
  if (wanted.length === 0) return expected.trim() !== '' && description.trim() === expected.trim()
  const present = new Set(marksIn(description))
  return wanted.every((one) => present.has(one))
}
