import { expect, it } from 'vitest'
import { settingNames } from '../../src/config.ts'
import { listFiles, read } from './source.ts'

/** Settings between a line `# Not used yet.` and the next remark or blank line. */
function namesNotUsedYet(text: string): string[] {
  return [...text.matchAll(/^# Not used yet\.\n((?:# [A-Z][A-Z0-9_]*=.*\n)+)/gmu)].flatMap((match) =>
    [...(match[1] ?? '').matchAll(/^# ([A-Z][A-Z0-9_]*)=/gmu)].map((line) => line[1] ?? ''),
  )
}

it('.env.example says "not used yet" of exactly the settings that nothing reads', () => {
  const sources = listFiles('src', '.ts')
    .filter((path) => path !== 'src/config.ts' && !path.startsWith('src/strings/') && !/^src\/(?:sandbox|demo)\//u.test(path))
    .map(read)
    // a remark that names a setting does not read it
    .map((text) => text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/gu, ''))
    .join('\n')
  const isRead = (name: string) => new RegExp(`\\b${name}\\b`, 'u').test(sources)
  // read inside config.ts itself: what others ask for is made of them
  const within = ['DATABASE_FILE', 'PUBLIC_URL']
  const unread = settingNames.filter((name) => !isRead(name) && !within.includes(name))
  expect(namesNotUsedYet(read('.env.example')).sort()).toEqual([...unread].sort())
})
