/**
 * What `base64` printed, and nothing else: any other line (an error, a log line, another typist) makes it unreadable.
 * @returns undefined when it is not base64 from beginning to end
 */
export function readBase64(text: string): Buffer | undefined {
  const lines = text.split('\n').map((line) => line.trim())
  const joined = lines.join('')
  const isBase64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(joined)
  return isBase64 ? Buffer.from(joined, 'base64') : undefined
}
