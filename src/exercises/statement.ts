import MarkdownIt from 'markdown-it'
import { rememberParsed } from '../lib/remember.ts'

// No HTML of the author passes, and no link but to the web or to somebody: a relative one could press a button of ours. Images would be
// fetched from elsewhere by every reader, so their text is shown instead.
const markdown = new MarkdownIt({ html: false, linkify: true, typographer: false }).disable('image')
markdown.validateLink = (address) => /^(?:https?:\/\/|mailto:)/i.test(address)

function render(source: string): string {
  const tokens = markdown.parse(source, {})
  for (const token of tokens) {
    const level = /^h([1-6])$/.exec(token.tag)?.[1]
    if (level !== undefined) token.tag = `h${Math.min(6, Number(level) + 2)}`
    for (const child of token.children ?? []) if (child.type === 'link_open') child.attrSet('rel', 'noopener noreferrer')
  }
  return markdown.renderer.render(tokens, markdown.options, {})
}

/** The statement as HTML that is safe to show. Headings start below the page's own. Every page of an exercise shows it, so it is kept. */
export const renderStatement = rememberParsed(render)
