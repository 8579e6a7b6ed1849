import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Directory } from '../../src/auth/index.ts'
import { AppError } from '../../src/errors.ts'
import { say } from '../../src/lib/sentence.ts'
import { cookieOf, passwordOf, startTestApp, type TestApp } from '../support/app.ts'

let on: TestApp
beforeEach(async () => {
  on = await startTestApp()
})
afterEach(() => on.close())

describe('signing in', () => {
  beforeEach(() => on.addUser('ana'))

  it('sends a browser without a session to the sign-in page, and back to where it wanted to go', async () => {
    const sent = await on.stranger.get('/account/password')
    expect([sent.statusCode, sent.headers.location]).toEqual([303, '/sign-in?next=%2Faccount%2Fpassword'])
    const page = await on.stranger.get(sent.headers.location ?? '')
    expect(page.body).toContain('name="next" value="/account/password"')
    const answer = await on.stranger.post('/sign-in', { username: 'ana', password: passwordOf('ana'), next: '/account/password' })
    expect([answer.statusCode, answer.headers.location]).toEqual([303, '/account/password'])
  })

  it('gives a cookie that scripts cannot read and other sites cannot send', async () => {
    const answer = await on.stranger.post('/sign-in', { username: 'ana', password: passwordOf('ana') })
    expect(answer.headers.location).toBe('/')
    expect(answer.cookies.find(({ name }) => name === 'netpraxis')).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/' })
  })

  it.each(['https://evil.example/', '//evil.example', '/\\evil.example', 'javascript:alert(1)', '/\t/evil.example'])(
    'does not follow %s after the sign-in',
    async (next) => {
      const answer = await on.stranger.post('/sign-in', { username: 'ana', password: passwordOf('ana'), next })
      expect(answer.headers.location).toBe('/')
    },
  )

  it('shows the form again with 401 for a wrong password, with the name and without the password that was typed', async () => {
    const answer = await on.stranger.post('/sign-in', { username: 'ana', password: 'wrong-one' })
    expect(answer.statusCode).toBe(401)
    expect(answer.body).toContain('The user name or the password is not right.')
    expect(answer.body).toContain('value="ana"')
    expect(answer.body).not.toContain('wrong-one')
    expect(cookieOf(answer)).toBe('')
  })

  it('says the same of a name that does not exist', async () => {
    const answer = await on.stranger.post('/sign-in', { username: 'nobody', password: 'wrong-one' })
    expect([answer.statusCode, answer.body.includes('The user name or the password is not right.')]).toEqual([401, true])
  })

  it('shows the form again with 422 and a word at the field when one is left empty', async () => {
    const answer = await on.stranger.post('/sign-in', { username: '', password: 'x' })
    expect(answer.statusCode).toBe(422)
    expect(answer.body).toMatch(/id="f-username-problem"[\s\S]*Please fill this in/)
  })

  it('escapes what was typed', async () => {
    const answer = await on.stranger.post('/sign-in', { username: '"><script>alert(1)</script>', password: 'x' })
    expect(answer.body).not.toContain('<script>alert')
    expect(answer.body).toContain('&lt;script&gt;alert(1)')
  })

  it('counts tries that come all at once: after five wrong passwords the next waits, and is told how long', async () => {
    const tries = Array.from({ length: 12 }, () => on.stranger.post('/sign-in', { username: 'bruno', password: 'wrong-one' }))
    const answers = await Promise.all(tries)
    expect(answers.filter(({ statusCode }) => statusCode === 401)).toHaveLength(5)
    const paused = answers.filter(({ statusCode }) => statusCode === 429)
    expect(paused).toHaveLength(7)
    expect(paused[0]?.body).toContain('There were too many wrong passwords. Wait 1 s')
  })

  it('looks at no password while it waits, but lets the owner in from a device that signed in before', async () => {
    const before = await on.stranger.post('/sign-in', { username: 'ana', password: passwordOf('ana') })
    const device = before.cookies.find(({ name }) => name === 'netpraxis-device')?.value ?? ''
    const guess = () => on.stranger.post('/sign-in', { username: 'ana', password: 'wrong-one' })
    await Promise.all(Array.from({ length: 12 }, guess))
    const owner = { username: 'ana', password: passwordOf('ana') }
    expect((await on.stranger.post('/sign-in', owner)).statusCode).toBe(429)
    expect((await on.stranger.post('/sign-in', owner, { cookie: 'netpraxis-device=x.y' })).statusCode).toBe(429)
    expect((await on.stranger.post('/sign-in', owner, { cookie: `netpraxis-device=${device}` })).statusCode).toBe(303)
  })

  it('lets the owner in from a known device behind the very address that a flood of guesses comes from, however large it is', async () => {
    const before = await on.stranger.post('/sign-in', { username: 'ana', password: passwordOf('ana') })
    const device = before.cookies.find(({ name }) => name === 'netpraxis-device')?.value ?? ''
    const guess = () => on.stranger.post('/sign-in', { username: 'ana', password: 'wrong-one' })
    await Promise.all(Array.from({ length: 60 }, guess))
    const onDevice = (username: string, password: string) =>
      on.stranger.post('/sign-in', { username, password }, { cookie: `netpraxis-device=${device}` })
    const owner = await onDevice('Ana', passwordOf('ana'))
    expect([owner.statusCode, owner.headers.location]).toEqual([303, '/'])
    expect(owner.cookies.find(({ name }) => name === 'netpraxis-device')?.value).toBe(device)
    await on.addUser('bruno')
    await Promise.all(Array.from({ length: 30 }, () => on.stranger.post('/sign-in', { username: 'bruno', password: 'wrong-one' })))
    expect((await onDevice('bruno', passwordOf('bruno'))).statusCode).toBe(429)
  })

  it('counts what fails on a known device on that device, with a growing pause of its own', async () => {
    const before = await on.stranger.post('/sign-in', { username: 'ana', password: passwordOf('ana') })
    const device = before.cookies.find(({ name }) => name === 'netpraxis-device')?.value ?? ''
    const cookie = { cookie: `netpraxis-device=${device}` }
    const guess = () => on.stranger.post('/sign-in', { username: 'ana', password: 'wrong-one' }, cookie)
    const answers = await Promise.all(Array.from({ length: 12 }, guess))
    expect(answers.filter(({ statusCode }) => statusCode === 401)).toHaveLength(5)
    expect((await on.stranger.post('/sign-in', { username: 'ana', password: passwordOf('ana') }, cookie)).statusCode).toBe(429)
    expect((await on.stranger.post('/sign-in', { username: 'ana', password: passwordOf('ana') })).statusCode).toBe(303)
  })

  it('is refused from another site', async () => {
    const answer = await on.stranger.post('/sign-in', { username: 'ana', password: passwordOf('ana') }, { origin: 'https://evil.example' })
    expect([answer.statusCode, cookieOf(answer)]).toEqual([403, ''])
  })

  it('offers no accounts at the press of a button outside the sandbox', async () => {
    const page = await on.stranger.get('/sign-in')
    expect(page.body).not.toContain('type="hidden" name="password"')
  })
})

it("offers the demo's people on its sign-in page", async () => {
  const demo = await startTestApp({
    environment: { SANDBOX: 'true' },
    app: { demoAccounts: () => [{ username: 'ana', password: 'ana-demo', name: 'Ana Almeida', role: 'student' }] },
  })
  const page = await demo.stranger.get('/sign-in')
  await demo.close()
  expect(page.body).toContain('name="password" value="ana-demo"')
  expect(page.body).toContain('Ana Almeida')
})

describe('a directory', () => {
  const refusing = (error: AppError): Directory => ({
    authenticate: async () => {
      throw error
    },
    lookUp: async () => new Map(),
  })
  const directoryModes = { AUTH_MODE: 'ldap', LDAP_URL: 'ldaps://127.0.0.1', LDAP_BASE_DN: 'dc=example' }

  it.each([
    ['is down', new AppError('LDAP_UNAVAILABLE'), 503, 'The directory cannot be reached'],
    ['does not answer', new AppError('LDAP_TIMEOUT'), 504, 'did not answer in time'],
    [
      'closed the account',
      new AppError('LDAP_ACCOUNT_CLOSED', { details: { reason: say('details.ldap.passwordExpired') } }),
      403,
      'the password has expired. Change it at your institution',
    ],
  ])('that %s: the form is shown again with the reason and the name', async (_what, error, status, sentence) => {
    const ldap = await startTestApp({ environment: directoryModes, directory: refusing(error) })
    await ldap.addUser('keeper', 'admin')
    const answer = await ldap.stranger.post('/sign-in', { username: 'ana', password: 'right or wrong' })
    const keeper = await ldap.stranger.post('/sign-in', { username: 'keeper', password: passwordOf('keeper') })
    await ldap.close()
    expect([answer.statusCode, answer.body.includes('value="ana"')]).toEqual([status, true])
    expect(answer.body).toContain(sentence)
    // the local administrator comes in all the same
    expect([keeper.statusCode, keeper.headers.location]).toEqual([303, '/'])
  })
})

describe('a session', () => {
  beforeEach(() => on.addUser('ana'))

  it('ends with the sign-out, also for whoever copied the cookie', async () => {
    const ana = await on.signIn('ana')
    const answer = await ana.post('/sign-out')
    expect([answer.statusCode, answer.headers.location]).toEqual([303, '/sign-in'])
    expect((await ana.get('/')).headers.location).toBe('/sign-in')
  })

  it('needs its own token for a write', async () => {
    await on.addUser('bruno')
    const [ana, bruno] = [await on.signIn('ana'), await on.signIn('bruno')]
    expect((await ana.post('/sign-out', { csrf: bruno.csrf })).statusCode).toBe(403)
    expect((await ana.post('/sign-out', { csrf: '' })).statusCode).toBe(403)
    expect((await ana.get('/')).statusCode).toBe(200)
  })

  it('needs the Origin of this server for a write', async () => {
    const ana = await on.signIn('ana')
    for (const origin of ['https://evil.example', 'null', '']) expect((await ana.post('/sign-out', {}, { origin })).statusCode).toBe(403)
    expect((await ana.get('/')).statusCode).toBe(200)
  })
})

describe('the own password', () => {
  it('must be chosen first after a one-time password; until then nothing else opens', async () => {
    const prepared = await on.services.users.prepareOneTimePasswords(['eva'])
    const oneTime = prepared.get('eva')
    if (!oneTime) throw new Error('no password was prepared')
    on.services.users.insertWithOneTimePassword({ username: 'eva', displayName: 'Eva', role: 'student' }, oneTime)
    const sent = await on.stranger.post('/sign-in', { username: 'eva', password: oneTime.password })
    expect(sent.headers.location).toBe('/account/password')
    const eva = await on.signIn('eva', oneTime.password)
    expect((await eva.get('/')).headers.location).toBe('/account/password')
    expect((await eva.get('/account/password')).body).toContain('works only once')

    const changed = await eva.post('/account/password', {
      current: oneTime.password,
      password: 'four unrelated words',
      repeat: 'four unrelated words',
    })
    expect([changed.statusCode, changed.headers.location]).toEqual([303, '/'])
    expect((await eva.get('/')).body).toContain('Your password was changed')
    expect((await on.stranger.post('/sign-in', { username: 'eva', password: oneTime.password })).statusCode).toBe(401)
  })

  it('ends the other sessions when it is changed, not this one', async () => {
    await on.addUser('ana')
    const [here, elsewhere] = [await on.signIn('ana'), await on.signIn('ana')]
    await here.post('/account/password', { current: passwordOf('ana'), password: 'four unrelated words', repeat: 'four unrelated words' })
    expect([(await here.get('/')).statusCode, (await elsewhere.get('/')).statusCode]).toEqual([200, 303])
  })

  it.each([
    [
      'is not the present one',
      { current: 'wrong-one', password: 'four unrelated words', repeat: 'four unrelated words' },
      /f-current-problem[\s\S]*The present password is not right/,
    ],
    [
      'is typed differently the second time',
      { current: passwordOf('ana'), password: 'four unrelated words', repeat: 'four unrelated word' },
      /f-repeat-problem[\s\S]*The two are not the same/,
    ],
    ['is too short', { current: passwordOf('ana'), password: 'abc', repeat: 'abc' }, /f-password-problem[\s\S]*This is too short/],
  ])('is refused with the form shown again when it %s', async (_what, fields, problem) => {
    await on.addUser('ana')
    const ana = await on.signIn('ana')
    const answer = await ana.post('/account/password', fields)
    expect(answer.statusCode).toBe(422)
    expect(answer.body).toMatch(problem)
  })
})
