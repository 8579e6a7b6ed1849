import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { startTestApp, type TestApp, type TestBrowser } from '../support/app.ts'
import { exerciseText } from '../support/given.ts'

let on: TestApp
let teacher: TestBrowser
let assistant: TestBrowser
let courseId: string

beforeEach(async () => {
  on = await startTestApp()
  onTestFinished(() => on.close())
  courseId = on.given.course().id
  on.services.courses.putMember(courseId, { userId: (await on.addUser('teresa', 'teacher')).id, role: 'teacher', groupName: null }, null)
  on.services.courses.putMember(courseId, { userId: (await on.addUser('artur', 'assistant')).id, role: 'assistant', groupName: null }, null)
  teacher = await on.signIn('teresa')
  assistant = await on.signIn('artur')
})

const secretText = exerciseText.replace('PC2: { platform: vpcs }', 'PC2: { platform: vpcs, password: { secret: PC2_PASSWORD } }')

describe('the page of an exercise for its staff', () => {
  it('shows checks as sentences, the drawing and the proof that is missing', async () => {
    const exercise = on.given.exercise({ courseId, state: 'ready' })
    const page = await teacher.get(`/exercises/${exercise.id}`)
    expect(page.statusCode).toBe(200)
    for (const text of [
      'PC1 gets at least 4 of 5 replies from 192.168.10.2',
      'not shown to students',
      '<svg viewBox=',
      'Not proven',
      'Start your own lab first',
    ])
      expect(page.body).toContain(text)
  })

  it('publishes what is not proven only after that was confirmed', async () => {
    const exercise = on.given.exercise({ courseId, state: 'ready' })
    const refused = await teacher.post(`/exercises/${exercise.id}/publish`)
    expect([refused.statusCode, on.services.exercises.get(exercise.id).state]).toEqual([409, 'ready'])
    expect((await teacher.post(`/exercises/${exercise.id}/publish`, { unproven: 'true' })).statusCode).toBe(303)
    expect(on.services.exercises.get(exercise.id)).toMatchObject({ state: 'published', publishedUnproven: true })
    await teacher.post(`/exercises/${exercise.id}/publish`, { unproven: 'true' })
    expect((await teacher.get(`/exercises/${exercise.id}`)).body).toContain('The exercise is published')
  })

  it('says why a build failed and builds again, once', async () => {
    const exercise = on.given.exercise({ courseId, state: 'failed' })
    on.services.exercises.setState(exercise.id, 'failed', { errorCode: 'GNS3_IMAGE_MISSING', errorDetails: { reason: 'c3725.image' } })
    const page = await teacher.get(`/exercises/${exercise.id}`)
    expect(page.body).toContain('The base template lacks an image that the project needs: c3725.image')
    expect((await teacher.post(`/exercises/${exercise.id}/build`)).statusCode).toBe(303)
    expect((await teacher.post(`/exercises/${exercise.id}/build`)).statusCode).toBe(409)
    expect(on.services.jobsRepository.list({ limit: 9 }).filter((job) => job.name === 'build-template')).toHaveLength(1)
  })

  it('keeps secrets and never shows them', async () => {
    const exercise = on.given.exercise({ courseId, state: 'ready', text: secretText })
    expect((await teacher.get(`/exercises/${exercise.id}`)).body).toContain('No value yet')
    await teacher.post(`/exercises/${exercise.id}/secrets`, { 'secret.PC2_PASSWORD': 'hush hush', 'secret.OTHER': 'x' })
    const page = await teacher.get(`/exercises/${exercise.id}`)
    expect([page.body.includes('hush hush'), page.body.includes('Kept; enter a new value')]).toEqual([false, true])
    await teacher.post(`/exercises/${exercise.id}/secrets`, { 'secret.PC2_PASSWORD': '' })
    expect([...on.services.exercises.openSecrets(exercise.id, exercise.definition)]).toEqual([['PC2_PASSWORD', 'hush hush']])
  })

  it('needs a ready lab of the teacher for a proof', async () => {
    const exercise = on.given.exercise({ courseId, state: 'ready' })
    const answer = await teacher.post(`/exercises/${exercise.id}/prove`, { scenario: 'untouched' })
    expect([answer.statusCode, answer.body.includes('Start it and wait until it is ready')]).toEqual([409, true])
  })

  it('lets assistants read but do nothing, and is not there for strangers and students before it is published', async () => {
    const exercise = on.given.exercise({ courseId, state: 'ready', text: secretText })
    const page = await assistant.get(`/exercises/${exercise.id}`)
    expect(page.statusCode).toBe(200)
    expect(page.body).not.toMatch(/\/(publish|archive|prove|secrets|edit|build)"/)
    for (const verb of ['publish', 'archive', 'secrets', 'build'])
      expect((await assistant.post(`/exercises/${exercise.id}/${verb}`, {})).statusCode).toBe(403)
    expect((await assistant.post(`/exercises/${exercise.id}/prove`, { scenario: 'solution' })).statusCode).toBe(403)
    expect((await assistant.get(`/exercises/${exercise.id}/edit`)).statusCode).toBe(403)
    expect((await assistant.upload(`/exercises/${exercise.id}`, { do: 'save', title: 'Mine now' })).statusCode).toBe(403)
    await on.addUser('ana')
    const ana = await on.signIn('ana')
    for (const rest of ['', '/edit', '/enrollments', '/results', '/results.csv'])
      expect((await ana.get(`/exercises/${exercise.id}${rest}`)).statusCode).toBe(404)
    expect(on.services.exercises.get(exercise.id).state).toBe('ready')
  })
})
