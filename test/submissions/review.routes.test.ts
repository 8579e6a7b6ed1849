import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { fail, inconclusive, pass } from '../../src/evaluation/verdict.ts'
import { startTestApp, type TestApp, type TestBrowser } from '../support/app.ts'
import { actorFor } from '../support/given.ts'

let on: TestApp
let assistant: TestBrowser
let ana: TestBrowser
let exercise: ReturnType<TestApp['given']['exercise']>

beforeEach(async () => {
  on = await startTestApp()
  onTestFinished(() => on.close())
  const course = on.given.course()
  on.services.courses.putMember(
    course.id,
    { userId: (await on.addUser('artur', 'assistant')).id, role: 'assistant', groupName: null },
    null,
  )
  assistant = await on.signIn('artur')
  exercise = on.given.exercise({ courseId: course.id })
})

/** A student with a checked submission. */
async function submitted(username: string) {
  const actor = actorFor(await on.addUser(username))
  on.given.enrolled(exercise, actor)
  const submission = on.given.submission(on.given.workVm(exercise, actor, { state: 'ready' }), {
    state: 'done',
    points: 2,
    maxPoints: 10,
    undecidedPoints: 3,
    endedAt: '2026-11-22T10:01:00.000Z',
  })
  const runId = on.given.run(submission, {
    pc1: { ...pass('PING_REPLIED', { to: '192.168.10.2', sent: 5, received: 5 }), points: 2 },
    pc2: { ...inconclusive('CONSOLE_LOGIN_REFUSED', 'lab', { device: 'PC2' }), points: 0 },
    hidden: { ...fail('PING_LOST', 'unreachable', { to: '192.168.10.9', sent: 5, received: 0 }), points: 0 },
  })
  on.services.evaluations.updateRun(runId, { integrity: [{ code: 'DEVICE_REPLACED', data: { device: 'PC2' } }] })
  return submission
}

const stampOf = (body: string) => /name="stamp" value="([^"]*)"/.exec(body)?.[1] ?? ''
const decision = { criterionId: 'pc2', verdict: 'pass', points: '2,5', reason: 'The cable was broken <by us>' }

describe('reviewing a submission', () => {
  it('shows staff all checks, also hidden ones, and what is not as it was made', async () => {
    const submission = await submitted('ana')
    const page = await assistant.get(`/submissions/${submission.id}`)
    expect(page.statusCode).toBe(200)
    for (const text of ['Name of ana', 'The hidden one', 'PC2 was replaced by another device of the same name', 'Could not check'])
      expect(page.body).toContain(text)
  })

  it('tells the student too what keeps a pass from counting, with the result and before the next submission', async () => {
    const submission = await submitted('ana')
    on.services.evaluations.updateRun(on.services.submissions.runOf(submission)?.id ?? '', {
      integrity: [{ code: 'ANSWERS_OVERRIDDEN', data: { device: 'R1', line: 'alias exec show <b>more</b>' } }],
    })
    ana = await on.signIn('ana')
    for (const path of [`/submissions/${submission.id}`, `/exercises/${exercise.id}`])
      expect((await ana.get(path)).body).toContain('alias exec show &lt;b&gt;more&lt;/b&gt;')
  })

  it('gives all points of a check that is decided as passed when none are typed', async () => {
    const submission = await submitted('ana')
    const stamp = stampOf((await assistant.get(`/submissions/${submission.id}`)).body)
    await assistant.post(`/submissions/${submission.id}/review`, { ...decision, points: '', stamp })
    expect(on.services.submissions.get(submission.id)).toMatchObject({ points: 5, undecidedPoints: 0 })
    expect((await assistant.get(`/submissions/${submission.id}`)).body).toContain('Passed, 3 points')
  })

  it('stores a decision with its reason, keeps the first judgement, and counts the points', async () => {
    const submission = await submitted('ana')
    const path = `/submissions/${submission.id}`
    const stamp = stampOf((await assistant.get(path)).body)
    const answer = await assistant.post(`${path}/review`, { ...decision, stamp })
    expect([answer.statusCode, answer.headers.location]).toEqual([303, `${path}#criterion-pc2`])
    expect(on.services.submissions.get(submission.id)).toMatchObject({ points: 4.5, undecidedPoints: 0 })
    const page = await assistant.get(path)
    expect(page.body).toContain('The cable was broken &lt;by us&gt;')
    expect(page.body).toContain('Decided by Name of artur')
    const counted = on.services.submissions
      .criteriaOf(on.services.submissions.get(submission.id))
      .criteria.find(({ result }) => result.criterionId === 'pc2')
    expect(counted?.result.verdict).toBe('inconclusive')
    ana = await on.signIn('ana')
    expect((await ana.get(path)).body).toContain('The cable was broken &lt;by us&gt;')
  })

  it.each([
    [{ ...decision, reason: ' ' }, 'Say why: the student reads it.'],
    [{ ...decision, points: 'many' }, 'This must be a number.'],
    [{ ...decision, points: '99' }, 'from 0 to 3'],
  ])('refuses %o and shows it again', async (fields, sentence) => {
    const submission = await submitted('ana')
    const stamp = stampOf((await assistant.get(`/submissions/${submission.id}`)).body)
    const page = await assistant.post(`/submissions/${submission.id}/review`, { ...fields, stamp })
    expect([page.statusCode, page.body.includes(sentence)]).toEqual([422, true])
    expect(on.services.submissions.listReviews(submission.id)).toEqual([])
  })

  it('takes a double press as one decision, and refuses one on a page that is stale', async () => {
    const submission = await submitted('ana')
    const path = `/submissions/${submission.id}/review`
    const stamp = stampOf((await assistant.get(`/submissions/${submission.id}`)).body)
    const both = await Promise.all([assistant.post(path, { ...decision, stamp }), assistant.post(path, { ...decision, stamp })])
    expect(both.map((answer) => answer.statusCode)).toEqual([303, 303])
    const stale = await assistant.post(path, { ...decision, points: '0', verdict: 'fail', stamp })
    expect([stale.statusCode, stale.body.includes('Something changed since this page was shown')]).toEqual([422, true])
    expect(on.services.submissions.listReviews(submission.id)).toHaveLength(1)
  })

  it('stores a comment on the whole', async () => {
    const submission = await submitted('ana')
    const path = `/submissions/${submission.id}`
    const stamp = stampOf((await assistant.get(path)).body)
    await assistant.post(`${path}/review`, { comment: 'Well done', stamp })
    ana = await on.signIn('ana')
    expect((await ana.get(path)).body).toContain('Well done')
  })

  it('is for staff only: a student decides nothing, a stranger finds nothing', async () => {
    const submission = await submitted('ana')
    ana = await on.signIn('ana')
    expect((await ana.post(`/submissions/${submission.id}/review`, { ...decision, stamp: '' })).statusCode).toBe(403)
    await on.addUser('other', 'teacher')
    const other = await on.signIn('other')
    expect((await other.get(`/submissions/${submission.id}`)).statusCode).toBe(404)
    expect((await other.post(`/submissions/${submission.id}/review`, { ...decision, stamp: '' })).statusCode).toBe(404)
  })

  it('leads to the students before and after', async () => {
    const first = await submitted('ana')
    const second = await submitted('bea')
    expect((await assistant.get(`/submissions/${first.id}`)).body).toContain(`href="/submissions/${second.id}"`)
    expect((await assistant.get(`/submissions/${second.id}`)).body).toContain(`href="/submissions/${first.id}"`)
  })
})

describe('comments on a check', () => {
  it('are read by the student, and change neither verdict nor points', async () => {
    const submission = await submitted('ana')
    const path = `/submissions/${submission.id}`
    const stamp = stampOf((await assistant.get(path)).body)
    const answer = await assistant.post(`${path}/review?order=mixed`, { criterionId: 'pc2', comment: 'Look at the gateway <again>', stamp })
    expect([answer.statusCode, answer.headers.location]).toEqual([303, `${path}?order=mixed#criterion-pc2`])
    expect(on.services.submissions.get(submission.id)).toMatchObject({ points: 2, undecidedPoints: 3 })
    ana = await on.signIn('ana')
    expect((await ana.get(path)).body).toContain('Look at the gateway &lt;again&gt;')
  })

  it('are kept in the bank of the exercise and used for another student', async () => {
    const [first, second] = [await submitted('ana'), await submitted('bea')]
    const stamp = stampOf((await assistant.get(`/submissions/${first.id}`)).body)
    await assistant.post(`/submissions/${first.id}/review`, { criterionId: 'pc1', comment: 'Save before you submit.', keep: 'yes', stamp })
    const [kept] = on.services.commentBank.list(exercise.id)
    expect(kept?.text).toBe('Save before you submit.')
    const page = await assistant.get(`/submissions/${second.id}`)
    await assistant.post(`/submissions/${second.id}/review`, {
      criterionId: 'pc1',
      bank: kept?.id ?? '',
      comment: '',
      stamp: stampOf(page.body),
    })
    const [stored] = on.services.submissions.listReviews(second.id)
    expect(stored?.review).toMatchObject({ criterionId: 'pc1', verdict: null, reason: 'Save before you submit.' })
  })

  it('say what is missing beside the comment when there is none', async () => {
    const submission = await submitted('ana')
    const stamp = stampOf((await assistant.get(`/submissions/${submission.id}`)).body)
    const page = await assistant.post(`/submissions/${submission.id}/review`, { criterionId: 'pc2', comment: ' ', stamp })
    expect(page.statusCode).toBe(422)
    expect(page.body).toMatch(/id="comment-pc2" open>/)
  })

  it('leave the bank when they are removed, by staff of this course alone', async () => {
    const submission = await submitted('ana')
    await assistant.post(`/submissions/${submission.id}/comments`, { text: 'Twice' })
    await assistant.post(`/submissions/${submission.id}/comments`, { text: 'Twice' })
    const kept = on.services.commentBank.list(exercise.id)
    expect(kept).toHaveLength(1)
    const path = `/submissions/${submission.id}/comments/${kept[0]?.id}/remove`
    ana = await on.signIn('ana')
    expect((await ana.post(path)).statusCode).toBe(403)
    await assistant.post(path)
    expect(on.services.commentBank.list(exercise.id)).toEqual([])
  })
})

describe('the way through a class', () => {
  it('leads by name to the same check of the next student, or mixed as it was asked', async () => {
    const made = [await submitted('ana'), await submitted('bea'), await submitted('carl')]
    const [first] = made
    expect((await assistant.get(`/submissions/${first?.id}`)).body).toContain(`href="/submissions/${made[1]?.id}#criterion-pc2"`)
    expect((await assistant.get(`/submissions/${first?.id}?order=mixed`)).body).toMatch(
      /href="\/submissions\/\w+\?order=mixed#criterion-pc2"/,
    )
  })
})

describe('the results of an exercise', () => {
  it('are a matrix of students by checks that leads to the evidence', async () => {
    const submission = await submitted('ana')
    const page = await assistant.get(`/exercises/${exercise.id}/results`)
    expect(page.statusCode).toBe(200)
    for (const text of ['PC1 reaches PC2', `/submissions/${submission.id}#criterion-pc2`, '100 %']) expect(page.body).toContain(text)
    const foot = page.body.slice(page.body.indexOf('<tfoot>'))
    expect(foot).toContain('Discrimination')
    expect(foot).toMatch(/Median<\/span>1</)
  })

  it('are downloaded as CSV that no spreadsheet takes for formulas, as JSON and as JUnit', async () => {
    const user = await on.services.users.createWithPassword(
      { username: 'eve', displayName: '=HYPERLINK("http://x")', role: 'student' },
      'eve password',
    )
    on.given.enrolled(exercise, actorFor(user))
    await submitted('ana')
    const csv = await assistant.get(`/exercises/${exercise.id}/results.csv`)
    expect(csv.headers['content-disposition']).toContain('results.csv')
    expect(csv.body).toContain('"\'=HYPERLINK(""http://x"")"')
    expect(csv.body).toContain('ana,Name of ana,,1,')
    expect((await assistant.get(`/exercises/${exercise.id}/results.json`)).json().items).toHaveLength(2)
    expect((await assistant.get(`/exercises/${exercise.id}/results.xml`)).body).toContain('<error message="CONSOLE_LOGIN_REFUSED"/>')
  })

  it('shows and hands out what was asked for, and only that', async () => {
    await submitted('ana')
    on.given.enrolled(exercise, actorFor(await on.addUser('idle')))
    const query = '?verdict=inconclusive&at=pc2'
    const page = await assistant.get(`/exercises/${exercise.id}/results${query}`)
    expect([page.body.includes('Name of ana'), page.body.includes('Name of idle')]).toEqual([true, false])
    expect((await assistant.get(`/exercises/${exercise.id}/results.csv${query}`)).body.trim().split('\r\n')).toHaveLength(2)
    expect((await assistant.get(`/exercises/${exercise.id}/results.csv?since=24`)).body).not.toContain('idle')
    const moodle = await assistant.get(`/exercises/${exercise.id}/results.csv?profile=moodle&verdict=none`)
    expect(moodle.headers['content-disposition']).toContain('results-moodle.csv')
    expect(moodle.body).toContain('idle,,,-,No submission was evaluated.')
  })

  it('count the last submission or the best one, as asked', async () => {
    const actor = actorFor(await on.addUser('bea'))
    on.given.enrolled(exercise, actor)
    const lab = on.given.workVm(exercise, actor, { state: 'ready' })
    const [best, last] = [8, 3].map((points) => on.given.submission(lab, { state: 'done', points, maxPoints: 10, undecidedPoints: 0 }))
    const pointsBy = async (counts: string) => {
      const { items } = (await assistant.get(`/exercises/${exercise.id}/results.json?counts=${counts}`)).json()
      return items[0].submissionId
    }
    expect([await pointsBy('last'), await pointsBy('best')]).toEqual([last?.id, best?.id])
  })
})
