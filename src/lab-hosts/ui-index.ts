/** What stands in the page of GNS3's web UI besides itself. */
export interface IndexParts {
  /** Where the UI begins. */
  readonly head: string
  readonly banner: string
}

/** Scripts of other servers (statistics) and scripts in the page: neither is needed, and the policy forbids both. */
const foreignScript = /<script(?![^>]*\bsrc="(?!https?:|\/\/))[^>]*>[\s\S]*?<\/script>/giu
/** `media="print" onload="this.media='all'"` loads a style sheet late, by a script in the page. */
const lateStyle = /\smedia="print"\sonload="[^"]*"/giu
const handler = /\son[a-z]+="[^"]*"/giu

/** The start page of GNS3's web UI as it may run under our policy: no script in the page, our own in front, the banner on top. */
export function prepareIndex(html: string, { head, banner }: IndexParts): string {
  const plain = html
    .replace(/<!--[\s\S]*?-->/gu, '')
    .replace(foreignScript, '')
    .replace(lateStyle, '')
    .replace(handler, '')
  const base = /<base\b[^>]*>/iu.exec(plain)
  const afterBase = base ? base.index + base[0].length : plain.search(/<\/head>/iu)
  const withHead = `${plain.slice(0, afterBase)}${head}${plain.slice(afterBase)}`
  return withHead.replace(/<body\b[^>]*>/iu, (body) => `${body}${banner}`)
}
