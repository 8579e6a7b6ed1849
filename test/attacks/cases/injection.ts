import { exerciseText } from '../../support/given.ts'
import type { AttackClass, Refusal, RequestAttack } from '../attack.ts'
import type { AttackBench } from '../attack-bench.ts'
import { type HostileEntry, hostileZip } from '../zip.ts'

type Check = (answer: Refusal, on: AttackBench) => void

/** Somebody who tries a name at the sign-in. */
const signIn = (kind: AttackClass, username: string, check: Check, next = '/'): RequestAttack => ({
  ...{
    class: kind,
    what: `${JSON.stringify(kind === 'headers' ? next : username)} at the sign-in`,
    status: 401,
    mark: 'SIGN_IN_FAILED',
    check,
  },
  prepare: async (on) => () => on.stranger.post('/sign-in', { username, password: 'wrong', next }),
})
const lacks =
  (pattern: RegExp): Check =>
  ({ body }) => {
    if (pattern.test(body)) throw new Error(`the answer holds ${String(pattern)}`)
  }
/** A teacher who asks for an exercise by something that is no id. */
const asId = (kind: AttackClass, id: string, check: Check): RequestAttack => ({
  ...{ class: kind, what: `${JSON.stringify(id)} as an id`, status: 404, mark: 'EXERCISE_NOT_FOUND', check },
  prepare: async (on) => {
    const headers = await on.bearerOf('teresa')
    return () => on.app.inject({ url: `/api/v1/exercises/${encodeURIComponent(id)}`, headers })
  },
})
/** Somebody signed in who asks for a file of ours by a way round. */
const asPath = (path: string, status: 400 | 404): RequestAttack => ({
  ...{ class: 'paths', what: path, status, mark: status === 400 ? 'BAD_REQUEST' : 'NOT_FOUND', check: lacks(/"dependencies"|root:x:0/) },
  prepare: async (on) => {
    const ana = await on.signIn('ana')
    return () => ana.get(path)
  },
})
const nothingRead = lacks(/root:x:0|argon2|"dependencies"/)
const noForeignHeader: Check = (answer) => {
  if ('headers' in answer && JSON.stringify(answer.headers).includes('evil')) throw new Error('a header of the attacker came back')
}

const topology = {
  ...{ name: 'lab', project_id: '11111111-2222-4333-8444-555555555555', version: '2.2.54', revision: 9, type: 'topology' },
  topology: { nodes: [], links: [], computes: [], drawings: [] },
}
const project = { name: 'project.gns3', content: Buffer.from(JSON.stringify(topology)) }
const json = (value: unknown) => ({ name: 'project.gns3', content: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)) })
const node = { node_id: 'n', name: 'PC1', node_type: 'vpcs', compute_id: 'local', properties: {} }

const uploaded = (
  kind: AttackClass,
  what: string,
  files: Readonly<Record<string, readonly [string, Buffer]>>,
  mark: string,
  reason = '',
): RequestAttack => ({
  ...{ class: kind, what, status: 422, mark },
  prepare: async (on) => {
    const teresa = await on.signIn('teresa')
    return () => teresa.upload('/api/v1/exercises', { courseId: on.course.id }, files)
  },
  check: ({ body }) => {
    if (!body.includes(reason)) throw new Error(`the refusal does not say "${reason}": ${body}`)
  },
})
const exercise = (text = exerciseText) => ({ exercise: ['exercise.yaml', Buffer.from(text)] as const })
const archive = (what: string, entries: readonly HostileEntry[], reason: string, kind: AttackClass = 'archives') =>
  uploaded(kind, what, { ...exercise(), project: ['lab.gns3project', hostileZip(entries)] }, 'PROJECT_ARCHIVE_INVALID', reason)
const file = (what: string, text: string) => uploaded('hostile-files', what, exercise(text), 'EXERCISE_FILE_INVALID')
const bomb = [
  'a: &a [x,x,x,x,x,x,x,x,x]',
  ...'bcdefghi'.split('').map((name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[index]}`).join(',')}]`),
].join('\n')

export const injectionAttacks: readonly RequestAttack[] = [
  ...["' or '1'='1", "ana'; drop table users; --", 'ana" or ""="', "ana%' --"].map((name) => signIn('sql', name, nothingRead)),
  asId('sql', "1' or '1'='1", nothingRead),

  ...['{{7*7}}', '{% include "/etc/passwd" %}', '#{7*7}', '{{ range.constructor("return process")() }}', '<script>alert(1)</script>'].map(
    (name) => signIn('templates', name, lacks(/>49<|"49"|<script>alert|root:x:0|\[object process\]/)),
  ),
  asId('templates', '{{7*7}}', lacks(/49/)),

  ...['/\r\nset-cookie: evil=b', '/x\r\n\r\n<html>evil', '//evil.example', '/\\evil.example'].map((next) =>
    signIn('headers', 'ana', noForeignHeader, next),
  ),
  asId('headers', 'x\r\nset-cookie: evil=b', noForeignHeader),

  asPath('/assets/..%2f..%2fpackage.json', 404),
  asPath('/assets/....//package.json', 400),
  asPath('/assets/..%5c..%5cpackage.json', 400),
  ...['../../etc/passwd', '%2e%2e%2fetc%2fpasswd', '\u0000'].map((id) => asId('paths', id, nothingRead)),

  archive('climbs out of its folder', [project, { name: '../../../etc/cron.d/evil' }], 'leads out'),
  archive('names a place on the machine', [project, { name: '/etc/passwd' }], 'leads out'),
  archive('names a place on a Windows machine', [project, { name: 'C:\\windows\\evil' }], 'leads out'),
  archive('climbs by backslashes', [project, { name: '..\\..\\evil' }], 'leads out'),
  archive(
    'holds a symbolic link',
    [project, { name: 'images/link', mode: 0o120777, content: Buffer.from('/etc/shadow') }],
    'symbolic link',
  ),
  archive(
    'says of a file that it is smaller than it is',
    [project, { name: 'big', content: Buffer.alloc(1_000), claims: 10 }],
    'no GNS3 project archive',
  ),
  archive('claims to hold more than a disk', [project, { name: 'huge', claims: 0xf0000000 }], 'no GNS3 project archive'),
  archive('is enciphered', [{ ...project, flags: 1 }], 'no GNS3 project archive'),
  archive(
    'holds twenty thousand files',
    [project, ...Array.from({ length: 20_000 }, (_, index) => ({ name: `f/${index}` }))],
    '20001 entries',
  ),
  archive('holds no project', [{ name: 'readme.txt' }], 'no project.gns3'),
  uploaded('archives', 'is none', { ...exercise(), project: ['lab.gns3project', Buffer.from('GIF89a')] }, 'PROJECT_ARCHIVE_INVALID'),

  file('an exercise that is a bomb of aliases', bomb),
  file('an exercise five thousand levels deep', `${'['.repeat(5_000)}${']'.repeat(5_000)}`),
  file('an exercise that makes an object of another kind', 'netpraxis: !!js/function "function(){ return process.env }"\n'),
  archive('a project five thousand levels deep', [json(`${'['.repeat(5_000)}${']'.repeat(5_000)}`)], '64', 'hostile-files'),
  archive(
    'a project of three thousand devices',
    [
      json({
        ...topology,
        topology: {
          ...topology.topology,
          nodes: Array.from({ length: 3_000 }, (_, index) => ({ ...node, node_id: `n${index}`, name: `P${index}` })),
        },
      }),
    ],
    '',
    'hostile-files',
  ),
]
