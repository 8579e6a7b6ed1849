import type { AnswerView } from '../../src/http/answer-view.ts'
import type { CriterionView, SubmissionHead } from '../../src/submissions/submissions.views.ts'

export const course = { id: '1', title: 'Networks I', term: '2026/27, autumn' }

const answer = (id: string, device: string, command: string, lines: readonly string[], marked: readonly number[] = []): AnswerView => ({
  id,
  device,
  command,
  startedAt: '2026-11-22T14:12:31Z',
  tookMs: 4120,
  ended: 'prompt',
  exitCode: null,
  lines: lines.map((text, index) => ({ text, isMarked: marked.includes(index) })),
  raw: null,
  rawHref: null,
  facts: null,
})

const criterion = (id: string, title: string, rest: Partial<CriterionView>): CriterionView => ({
  id,
  title,
  moduleName: 'Ping',
  device: 'PC1',
  phase: 'decided',
  verdict: 'pass',
  points: 2,
  maxPoints: 2,
  why: null,
  expected: null,
  found: null,
  hint: null,
  causeNote: null,
  attempts: 1,
  lastAskedAt: '2026-11-22T14:12:35Z',
  passedAfterMs: null,
  tookMs: 4200,
  asking: null,
  retryUntil: null,
  answers: [],
  earlier: [],
  override: null,
  comment: null,
  ...rest,
})

export const decided: readonly CriterionView[] = [
  criterion('pc1-gateway', 'PC1 reaches its gateway', {
    why: 'PC1 got 5 of 5 answers from 10.0.1.1.',
    passedAfterMs: 4100,
    answers: [
      answer('1', 'PC1', 'PC1> ping 10.0.1.1 -c 5 -w 1000', [
        '84 bytes from 10.0.1.1 icmp_seq=1 ttl=255 time=9.812 ms',
        '84 bytes from 10.0.1.1 icmp_seq=2 ttl=255 time=4.022 ms',
        '84 bytes from 10.0.1.1 icmp_seq=3 ttl=255 time=4.310 ms',
      ]),
    ],
  }),
  criterion('r1-pc2', 'R1 reaches PC2 in the other LAN', {
    verdict: 'fail',
    points: 0,
    maxPoints: 5,
    device: 'R1',
    why: 'R1 sent 5 pings to 10.0.2.10 and no answer came back. PC2 answers R2, so the way back is missing: look at the gateway of PC2 and at the routes of R2.',
    found: '0 of 5 answers',
    expected: 'at least 4 of 5 answers from 10.0.2.10',
    hint: 'A ping needs a way there and a way back.',
    attempts: 4,
    answers: [
      answer(
        '2',
        'R1',
        'R1#ping 10.0.2.10 repeat 5 timeout 2',
        [
          'Type escape sequence to abort.',
          'Sending 5, 100-byte ICMP Echos to 10.0.2.10, timeout is 2 seconds:',
          '.....',
          'Success rate is 0 percent (0/5)',
        ],
        [3],
      ),
    ],
  }),
  criterion('path', 'The way from PC1 to PC2 leads over R1 and R2', {
    moduleName: 'Traceroute',
    verdict: 'skipped',
    points: 0,
    maxPoints: 2,
    why: 'This needs “R1 reaches PC2 in the other LAN” to pass first.',
    lastAskedAt: null,
    attempts: 0,
  }),
  criterion('r2-lan', 'R2 reaches PC1', {
    device: 'R2',
    verdict: 'inconclusive',
    points: 0,
    maxPoints: 3,
    why: 'The console of R2 did not answer for 30 s.',
    causeNote: 'The cause lies with us, not with you. It is tried again by itself.',
    answers: [{ ...answer('3', 'R2', 'R2', []), ended: 'timeout' }],
  }),
]

export const reviewed: readonly CriterionView[] = decided.map((item, index) => ({
  ...item,
  answers: item.answers.map((one) => ({
    ...one,
    raw: 'ping 10.0.1.1 -c 5␍␊84 bytes from 10.0.1.1␍␊PC1> ',
    rawHref: '/submissions/93/evidence/1',
    facts: '{\n  "sent": 5,\n  "received": 5\n}',
  })),
  override:
    index === 3
      ? {
          verdict: 'pass',
          points: 3,
          reason: 'Seen working in class, the console was held by a colleague.',
          by: 'Prof. Helena Duarte',
          at: '2026-11-22T15:00:00Z',
        }
      : null,
  comment: index === 1 ? 'Look at “show ip route” on R2 again.' : null,
}))

export const live: readonly CriterionView[] = decided.map((item, index) => {
  if (index === 0) return item
  const open = {
    ...item,
    verdict: null,
    why: null,
    found: null,
    expected: null,
    hint: null,
    causeNote: null,
    answers: [],
    earlier: [],
    points: 0,
    lastAskedAt: null,
  }
  return index === 1
    ? { ...open, phase: 'running', asking: 'R1#ping 10.0.2.10 repeat 5 timeout 2', retryUntil: '2026-11-22T14:13:10Z' }
    : { ...open, phase: 'waiting' }
})

export const head = (rest: Partial<SubmissionHead> = {}): SubmissionHead => ({
  id: '93',
  number: 2,
  state: 'done',
  submittedAt: '2026-11-22T14:12:20Z',
  endedAt: '2026-11-22T14:13:04Z',
  points: 2,
  maxPoints: 12,
  undecidedPoints: 3,
  counts: { pass: 1, fail: 1, inconclusive: 1, skipped: 1 },
  pointsChange: 2,
  isLate: false,
  isWithheld: false,
  isGivenBack: false,
  ...rest,
})

export const history: readonly SubmissionHead[] = [
  head(),
  head({ id: '88', number: 1, submittedAt: '2026-11-21T10:40:00Z', points: 0, pointsChange: null, undecidedPoints: 0, isGivenBack: true }),
]
