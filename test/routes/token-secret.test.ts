import { env } from 'cloudflare:workers'
import { expect, it, vi } from 'vitest'
import { app } from '../../src/app'

const withSecret = (TOKEN_SECRET: unknown) => ({
  ask: (path: string, init?: RequestInit) =>
    app.request(`https://chat.test${path}`, init, { ...env, TOKEN_SECRET }),
})

const body = JSON.stringify({ displayName: 'Ana', password: 'correct horse battery' })
const registration = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body }

const users = () => env.DB.prepare('select count(*) as n from users').first('n')

it('without a TOKEN_SECRET worth its name nothing is answered or written, and the log says why once', async () => {
  const error = vi.spyOn(console, 'error').mockImplementation(() => {})
  const before = await users()
  for (const secret of [undefined, '', ' '.repeat(64), 'x'.repeat(31)]) {
    const { ask } = withSecret(secret)
    for (const path of ['/', '/docs', '/openapi.json', '/health', '/v1/me', '/nowhere']) {
      const answer = await ask(path)
      expect([answer.status, answer.headers.get('Content-Type')], path).toEqual([
        503,
        'application/problem+json',
      ])
      expect(await answer.json()).toMatchObject({ code: 'unavailable' })
    }
    const answer = await ask('/v1/users', registration)
    expect([answer.status, answer.headers.get('Retry-After')]).toEqual([503, '60'])
    expect(answer.headers.get('Access-Control-Allow-Origin')).toBe('*')
  }
  expect(await users()).toBe(before)
  expect(error.mock.calls).toEqual([
    [
      expect.objectContaining({
        work: 'configuration',
        message: expect.stringMatching(/^TOKEN_SECRET is blank or missing/),
      }),
    ],
  ])
})

it('32 characters are enough', async () => {
  const { ask } = withSecret('x'.repeat(32))
  expect((await ask('/v1/users', registration)).status).toBe(201)
  expect((await ask('/')).status).toBe(200)
})
