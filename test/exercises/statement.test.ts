import { describe, expect, it } from 'vitest'
import { renderStatement } from '../../src/exercises/statement.ts'

describe('a statement', () => {
  it('keeps what a teacher writes: headings below those of the page, lists, tables, code', () => {
    const html = renderStatement('# Task\n\n- one\n\n| a | b |\n| - | - |\n| 1 | 2 |\n\n`show ip`')
    for (const part of ['<h3>Task</h3>', '<li>one</li>', '<td>2</td>', '<code>show ip</code>']) expect(html).toContain(part)
  })

  it.each(['https://example.org/a', 'http://example.org', 'mailto:teacher@example.org'])(
    'links to %s, telling it nothing of us',
    (address) => {
      expect(renderStatement(`[here](${address})`)).toBe(`<p><a href="${address}" rel="noopener noreferrer">here</a></p>\n`)
    },
  )

  it.each([
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'java&#115;cript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:msgbox(1)',
    'file:///etc/passwd',
    '/sign-out',
    '//evil.example',
    'ftp://example.org',
  ])('does not link to %s', (address) => {
    expect(renderStatement(`[here](${address})\n\n[there][1]\n\n[1]: ${address}\n\n<${address}>`)).not.toMatch(/<a |href/)
  })

  it.each([
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '<svg/onload=alert(1)>',
    '<!-- --><iframe src="https://evil.example"></iframe>',
    '![x](https://evil.example/track.png)',
    '![x"onerror="alert(1)](x)',
    '# <b onclick=alert(1)>x</b>',
    '```html"><script>alert(1)</script>\n<script>alert(2)</script>\n```',
    '[x](https://a.example ""><script>alert(1)</script>")',
    '| <script>alert(1)</script> |\n| - |\n| <img src=x> |',
  ])('shows %j as text: nothing of it runs or is fetched', (source) => {
    const html = renderStatement(source)
    const tags = [...html.matchAll(/<\/?([a-z0-9]+)([^>]*)>/gi)]
    expect(tags.map((tag) => tag[1]).filter((name) => ['script', 'img', 'svg', 'iframe', 'b'].includes(name ?? ''))).toEqual([])
    expect(tags.map((tag) => tag[2] ?? '').filter((attributes) => /\son\w+=/i.test(attributes))).toEqual([])
  })
})
