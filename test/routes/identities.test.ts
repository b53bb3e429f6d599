import { env } from 'cloudflare:workers'
import type { JWTPayload } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fanOutPage } from '../../src/fanout/profile-fanout'
import { call } from '../fixtures/api'
import { settingOf, signShared } from '../fixtures/issuers'
import { createRoom, newMessage } from '../fixtures/rooms'
import { clientAddress, createUser, logIn, signedIn } from '../fixtures/users'

const bindings = env as Env

beforeAll(() => {
  bindings.IDENTITY_ISSUERS = settingOf()
})
afterAll(() => {
  delete bindings.IDENTITY_ISSUERS
})

let subjects = 0
const newSubject = () => {
  subjects += 1
  return `subject-${subjects}-${crypto.randomUUID()}`
}
const logInAs = async (sub: string, claims: object = {}) =>
  logIn({ identityToken: await signShared({ sub, ...claims }) })
const countOf = async (subject: string) =>
  env.DB.prepare('select count(*) n from identities where subject = ?').bind(subject).first('n')

describe('an identity token', () => {
  it('makes a user at the first log-in and finds them at the next', async () => {
    const sub = newSubject()
    const first = await logInAs(sub, { name: 'Ana López', email: 'ana@example.com' })
    expect(first.status).toBe(201)
    expect(first.body.me).toMatchObject({ displayName: 'Ana López', guest: false, email: null })
    const next = await logInAs(sub)
    expect(next.body.me).toEqual(first.body.me)
    const refreshed = await call('POST', '/v1/sessions/refresh', {
      body: { refreshToken: next.body.session.refreshToken },
    })
    expect(refreshed.status).toBe(200)
    const ana = signedIn(next)
    expect((await ana.post('/v1/rooms', { name: 'Pier' })).status).toBe(201)
  })

  it('brings a new name, which rooms are told; a name that nobody may have is left', async () => {
    const sub = newSubject()
    const ana = signedIn(await logInAs(sub, { name: 'Ana' }))
    const { path } = await createRoom(await createUser('Bo'))
    const { body: message } = await ana.post(`${path}/messages`, newMessage('hello'))
    expect((await logInAs(sub, { name: 'Ana López' })).body.me.displayName).toBe('Ana López')
    await fanOutPage(env, { userId: ana.id }, false)
    const { body } = await ana.get(`${path}/messages/${message.seq}`)
    expect(body.author.displayName).toBe('Ana López')
    for (const name of ['Site Staff', '', 'x'.repeat(65), '\u200b', 7, null]) {
      expect((await logInAs(sub, { name })).body.me.displayName).toBe('Ana López')
    }
  })

  it('is another user for each issuer and subject, never the one with the same address or name', async () => {
    const email = 'ana.identity@example.com'
    const password = 'correct horse battery staple'
    const body = { username: 'ana.identity', email, password }
    const known = await call('POST', '/v1/users', { body, headers: clientAddress() })
    const claims = { email, email_verified: true, preferred_username: 'ana.identity' }
    const { me } = (await logInAs(newSubject(), claims)).body
    expect(me.id).not.toBe(known.body.me.id)
    expect(me.email).toBeNull()
  })

  // 1,000 of them by hand: `THOROUGH=1`.
  it('makes one user of 50 first log-ins at the same time, and all are signed in', async () => {
    const sub = newSubject()
    // Named like nobody in other tests.
    const name = `Ana ${sub.slice(-12)}`
    const replies = await Promise.all(
      Array.from({ length: env.THOROUGH ? 1000 : 50 }, () => logInAs(sub, { name })),
    )
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([201]))
    const ids = new Set(replies.map(({ body }) => body.me.id))
    expect(ids.size).toBe(1)
    expect(await countOf(sub)).toBe(1)
    const named = await env.DB.prepare(
      `select count(*) n from users u where display_name = ? and password_hash is null and guest_until is null
      and not exists (select 1 from identities i where i.user_id = u.id)`,
    )
      .bind(name)
      .first('n')
    expect(named).toBe(0)
    const [first] = replies
    expect((await signedIn(first as never).get('/v1/me')).status).toBe(200)
  })

  it.each([
    [{ password: 'correct horse' }],
    [{ username: 'ana' }],
    [{ email: 'ana@example.com' }],
    [{ deviceToken: 'x' }],
  ])('goes with no %o', async (more) => {
    const reply = await logIn({ identityToken: await signShared(), ...more })
    expect([reply.status, reply.body.code]).toEqual([400, 'invalid'])
  })

  it('that is refused opens nothing, and says why', async () => {
    const sub = newSubject()
    const reply = await logInAs(sub, { aud: 'another service' })
    expect([reply.status, reply.body.code]).toEqual([403, 'identity_refused'])
    expect(reply.body.detail).toContain('`aud`')
    expect(await countOf(sub)).toBe(0)
    expect((await logIn({ username: 'ana' })).body.errors[0].path).toBe('password')
  })

  it('counts against the log-ins of its address', async () => {
    const headers = clientAddress()
    const body = { identityToken: await signShared({ sub: newSubject() }) }
    const replies = []
    for (let i = 0; i < 70; i += 1)
      replies.push(await call('POST', '/v1/sessions', { body, headers }))
    expect(replies.some(({ status }) => status === 429)).toBe(true)
  })
})

describe('a user of an identity', () => {
  const prove = async (token: string, claims: JWTPayload) =>
    call('PUT', '/v1/sessions/current/proof', {
      token,
      body: { identityToken: await signShared(claims) },
    })
  const ago = (seconds: number) => Math.floor(Date.now() / 1000) - seconds

  it('proves who they are by a new token, but not by an old log-in nor by that of another', async () => {
    const sub = newSubject()
    const ana = signedIn(await logInAs(sub, { auth_time: ago(3600) }))
    expect((await ana.delete('/v1/me')).body.code).toBe('proof_required')
    expect((await prove(ana.token, { sub, auth_time: ago(3600) })).body.code).toBe('proof_required')
    expect((await prove(ana.token, { sub: newSubject() })).body.code).toBe('identity_refused')
    expect((await ana.delete('/v1/me')).body.code).toBe('proof_required')
    expect((await prove(ana.token, { sub })).status).toBe(204)
    expect((await ana.delete('/v1/me')).status).toBe(204)
  })

  it('who deleted their account is a new one at the next log-in, and nothing of the old is left', async () => {
    const sub = newSubject()
    const ana = signedIn(await logInAs(sub))
    expect((await ana.delete('/v1/me?now=true')).status).toBe(204)
    expect(await countOf(sub)).toBe(0)
    const again = await logInAs(sub)
    expect(again.status).toBe(201)
    expect(again.body.me.id).not.toBe(ana.id)
  })

  it('has no password to log in by', async () => {
    const ana = signedIn(await logInAs(newSubject()))
    const reply = await logIn({ username: ana.username, password: '' })
    expect(reply.body.code).toBe('wrong_password')
    const set = { password: 'a new horse battery', currentPassword: '' }
    expect((await ana.patch('/v1/me', set)).body.code).toBe('wrong_password')
  })
})
