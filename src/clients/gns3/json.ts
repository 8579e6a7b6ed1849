import { say } from '../../lib/sentence.ts'
import { parseJson, unexpected } from './faults.ts'

/**
 * What is read of one JSON answer. A device takes some 3 kB in a list and nests five deep; a guest that a student controls may send
 * anything, and parsing it holds up everybody.
 */
export const answerLimits = { bytes: 8 * 1_048_576, depth: 64, items: 2_000 }

const [quote, backslash, open, close, openBrace, closeBrace] = [34, 92, 91, 93, 123, 125]

/** Deepest nesting of brackets outside strings, found before anything recursive sees the text. */
export function depthOf(text: string): number {
  let depth = 0
  let deepest = 0
  let isInString = false
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (isInString) {
      if (code === backslash) at += 1
      else if (code === quote) isInString = false
    } else if (code === quote) isInString = true
    else if (code === open || code === openBrace) {
      depth += 1
      deepest = Math.max(deepest, depth)
    } else if (code === close || code === closeBrace) depth -= 1
  }
  return deepest
}

/**
 * An answer's JSON within the limits of size, depth and count; undefined for what is no JSON.
 * @throws AppError GNS3_UNEXPECTED_ANSWER
 */
export function readJsonAnswer(body: Buffer, call: string): unknown {
  if (body.length > answerLimits.bytes) throw unexpected(call, say('details.gns3.tooLarge', { limit: answerLimits.bytes }))
  const text = body.toString('utf8')
  if (depthOf(text) > answerLimits.depth) throw unexpected(call, say('details.gns3.tooDeep', { limit: answerLimits.depth }))
  const json = parseJson(text)
  if (Array.isArray(json) && json.length > answerLimits.items)
    throw unexpected(call, say('details.gns3.tooMany', { limit: answerLimits.items }))
  return json
}
