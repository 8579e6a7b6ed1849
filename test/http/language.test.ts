import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { preferredLocale } from '../../src/http/language.ts'
import { startTestApp, type TestApp } from '../support/app.ts'

describe('the language that a browser prefers', () => {
  it.each([
    [undefined, 'en'],
    ['', 'en'],
    ['*', 'en'],
    ['pt-PT,pt;q=0.9,en;q=0.8', 'pt'],
    ['PT-br', 'pt'],
    ['de-DE,de;q=0.9,pt;q=0.4,en;q=0.3', 'pt'],
    ['en;q=0.2, pt;q=0.7', 'pt'],
    ['pt;q=0, en', 'en'],
    ['fr,es', 'en'],
    ['pt;q=much', 'en'],
    [',;,=;q', 'en'],
    ['x'.repeat(100_000), 'en'],
  ])('of %j is %s', (header, locale) => {
    expect(preferredLocale(header)).toBe(locale)
  })
})

describe('a page', () => {
  let test: TestApp
  beforeAll(async () => {
    test = await startTestApp()
  })
  afterAll(() => test.close())

  const portuguese = { 'accept-language': 'pt-PT' }

  it('is in the language of the browser', async () => {
    const { body } = await test.stranger.get('/sign-in', portuguese)
    expect(body).toContain('<html lang="pt">')
    expect(body).toContain('Palavra-passe')
    expect((await test.stranger.get('/sign-in')).body).toContain('<html lang="en">')
  })

  it('says in that language what went wrong, also after a form was read', async () => {
    expect((await test.stranger.get('/nowhere', portuguese)).body).toContain('Não há nada aqui')
    const refused = await test.stranger.post('/sign-in', { username: 'nobody', password: 'wrong' }, portuguese)
    expect(refused.body).toContain('não estão certos')
  })

  it('answers a program in the language that it asks for, with the same code', async () => {
    const { statusCode, body } = await test.stranger.get('/api/v1/me', portuguese)
    expect(statusCode).toBe(401)
    expect(JSON.parse(body)).toMatchObject({ error: { code: 'SIGN_IN_REQUIRED', message: 'Inicie sessão para continuar.' } })
  })

  it('keeps the answers of two people at the same time apart', async () => {
    const asked = Array.from({ length: 20 }, (_, index) => test.stranger.get('/sign-in', index % 2 === 0 ? portuguese : {}))
    const pages = await Promise.all(asked)
    expect(pages.map(({ body }) => body.includes('<html lang="pt">'))).toEqual(pages.map((_, index) => index % 2 === 0))
  })

  it('changes to the language that is chosen at its foot, and stays where it was', async () => {
    const { statusCode, headers } = await test.stranger.post('/language', { language: 'pt', back: '/sign-in?next=%2Fcourses' })
    expect(statusCode).toBe(303)
    expect(headers.location).toBe('/sign-in?next=%2Fcourses')
    const cookie = String(headers['set-cookie'])
    expect(cookie).toContain('language=pt')
    expect(cookie).toContain('HttpOnly')
    const { body } = await test.app.inject({ url: '/sign-in', headers: { cookie: 'language=pt', 'accept-language': 'en' } })
    expect(body).toContain('<html lang="pt">')
  })

  it('is led nowhere else by it, and knows no other language', async () => {
    for (const back of ['https://example.org/', '//example.org', '/\\example.org'])
      expect((await test.stranger.post('/language', { language: 'pt', back })).headers.location).toBe('/')
    expect((await test.stranger.post('/language', { language: 'xx', back: '/' })).statusCode).toBe(422)
    const { body } = await test.app.inject({ url: '/sign-in', headers: { cookie: 'language=../../etc' } })
    expect(body).toContain('<html lang="en">')
  })
})
