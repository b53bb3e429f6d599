import { describe, expect, it } from 'vitest'
import { as } from '../fixtures/api'
import { stopClock } from '../fixtures/clock'
import { markVerified } from '../fixtures/mail'
import { registerCast } from '../fixtures/scenario'
import { logIn, PASSWORD, registerUser, setSiteRole, signedIn } from '../fixtures/users'

const NEW_PASSWORD = 'staple battery horse correct'
const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString()

describe('changing an account', () => {
  it('changes what is given and leaves the rest', async () => {
    const ana = await registerUser('ana', { email: 'ana@example.com', displayName: 'Ana' })
    const { body } = await ana.patch('/v1/me', { bio: 'Tea.', displayName: 'Ana López' })
    const rest = { username: ana.username, email: 'ana@example.com' }
    expect(body).toMatchObject({ ...rest, bio: 'Tea.', displayName: 'Ana López' })
    expect((await ana.get('/v1/me')).body).toEqual(body)
    const emptied = await ana.patch('/v1/me', { bio: null, email: null })
    expect(emptied.body).toMatchObject({ bio: null, email: null })
    expect((await ana.patch('/v1/me', {})).body).toEqual(emptied.body)
  })

  it('refuses a name that is taken, or was given up by another a moment ago', async () => {
    const [ana, bo] = await Promise.all([registerUser('ana'), registerUser('bo')])
    expect((await bo.patch('/v1/me', { username: ana.username })).body.code).toBe('username_taken')
    await ana.patch('/v1/me', { username: `${ana.username}x` })
    expect((await bo.patch('/v1/me', { username: ana.username })).body.code).toBe('username_taken')
  })

  it('refuses a name that a deleted account had, and takes an address of another without a word', async () => {
    const [ana, bo] = await Promise.all([
      registerUser('ana', { email: 'of.ana@example.com' }),
      registerUser('bo'),
    ])
    const email = await bo.patch('/v1/me', { email: 'Of.Ana@example.com' })
    // Nothing tells that someone else has it.
    expect([email.status, email.body.email]).toEqual([200, 'of.ana@example.com'])
    await markVerified(ana)
    const { body } = await logIn({ email: 'of.ana@example.com', password: PASSWORD })
    expect(body.me.id).toBe(ana.id)
    await ana.delete('/v1/me?now=true')
    expect((await bo.patch('/v1/me', { username: ana.username })).body.code).toBe('username_taken')
    // The address is free for whoever else claims it.
    await markVerified(bo)
    const next = await logIn({ email: 'of.ana@example.com', password: PASSWORD })
    expect(next.body.me.id).toBe(bo.id)
  })

  it('is not disturbed until a time, which nobody else is told', async () => {
    const clock = stopClock()
    const [ana, bo] = await Promise.all([registerUser('ana'), registerUser('bo')])
    const doNotDisturbUntil = new Date(Date.now() + 60_000).toISOString()
    const { body } = await ana.patch('/v1/me', { doNotDisturbUntil })
    expect(body.doNotDisturbUntil).toBe(doNotDisturbUntil)
    expect((await ana.patch('/v1/me', { bio: 'Tea.' })).body).toMatchObject({ doNotDisturbUntil })
    expect((await bo.get(`/v1/users/${ana.id}`)).body).not.toHaveProperty('doNotDisturbUntil')
    clock.advance(60_000)
    expect((await ana.get('/v1/me')).body.doNotDisturbUntil).toBeNull()
    for (const end of [doNotDisturbUntil, '2226-01-01T00:00:00.000Z', 'soon']) {
      const refused = await ana.patch('/v1/me', { doNotDisturbUntil: end })
      expect([end, refused.status, refused.body.errors[0].path]).toEqual([
        end,
        400,
        'doNotDisturbUntil',
      ])
    }
    await ana.patch('/v1/me', { doNotDisturbUntil: inAnHour() })
    expect((await ana.patch('/v1/me', { doNotDisturbUntil: null })).body).toMatchObject({
      doNotDisturbUntil: null,
    })
  })

  it('is found by the new display name and no longer by the old one', async () => {
    const ana = await registerUser('ana', { displayName: 'Formerly' })
    await ana.patch('/v1/me', { displayName: 'Presently' })
    expect((await ana.get('/v1/users?search=formerly')).body.items).toEqual([])
    expect((await ana.get('/v1/users?search=presently')).body.items).toHaveLength(1)
  })
})

describe('changing the password', () => {
  it('needs the current one', async () => {
    const ana = await registerUser('ana')
    const without = await ana.patch('/v1/me', { password: NEW_PASSWORD })
    expect(without.body).toMatchObject({ code: 'invalid', errors: [{ path: 'currentPassword' }] })
    const guess = { password: NEW_PASSWORD, currentPassword: 'a guess' }
    expect((await ana.patch('/v1/me', guess)).body.code).toBe('wrong_password')
    expect((await logIn({ username: ana.username, password: PASSWORD })).status).toBe(201)
  })

  it('ends every other session and keeps this one', async () => {
    const ana = await registerUser('ana')
    const other = signedIn(await logIn({ username: ana.username, password: PASSWORD }))
    const change = { password: NEW_PASSWORD, currentPassword: PASSWORD }
    expect((await ana.patch('/v1/me', change)).status).toBe(200)
    const refresh = (refreshToken: string) => as('').post('/v1/sessions/refresh', { refreshToken })
    expect((await refresh(other.refreshToken)).body.code).toBe('unauthenticated')
    expect((await refresh(ana.refreshToken)).status).toBe(200)
    const { username } = ana
    expect((await logIn({ username, password: PASSWORD })).body.code).toBe('wrong_password')
    expect((await logIn({ username, password: NEW_PASSWORD })).status).toBe(201)
  })
})

describe('deleting an account', () => {
  it('ends it at once, and every session with it', async () => {
    const ana = await registerUser('ana', { email: 'gone@example.com' })
    await markVerified(ana)
    expect((await ana.delete('/v1/me?now=true')).status).toBe(204)
    expect((await ana.delete('/v1/me?messages=keep')).body.code).toBe('unauthenticated')
    expect((await ana.get('/v1/me')).body.code).toBe('unauthenticated')
    expect((await ana.patch('/v1/me', { bio: 'boo' })).body.code).toBe('unauthenticated')
    const { refreshToken } = ana
    expect((await ana.post('/v1/sessions/refresh', { refreshToken })).status).toBe(401)
    for (const login of [{ username: ana.username }, { email: 'gone@example.com' }]) {
      expect((await logIn({ ...login, password: PASSWORD })).body.code).toBe('wrong_password')
    }
  })

  it('is refused to the last admin only', async () => {
    const [ana, bo] = await Promise.all([registerUser('ana'), registerUser('bo')])
    await setSiteRole(ana, 'admin')
    for (const path of ['/v1/me?now=true', '/v1/me']) {
      expect((await ana.delete(path)).body.code).toBe('last_admin')
      expect((await ana.get('/v1/me')).status).toBe(200)
    }
    await setSiteRole(bo, 'admin')
    expect((await ana.delete('/v1/me?now=true')).status).toBe(204)
    await setSiteRole(bo, 'user')
  })
})

describe('a suspended user', () => {
  it('reads, logs out and deletes the account', async () => {
    const { ana, mo } = await registerCast()
    const until = inAnHour()
    await mo.put(`/v1/users/${ana.id}/suspension`, { until })
    expect((await ana.get('/v1/me')).body.suspendedUntil).toBe(until)
    expect((await ana.get(`/v1/users/${mo.id}`)).status).toBe(200)
    expect((await ana.delete('/v1/sessions/current')).status).toBe(204)
    const again = signedIn(await logIn({ username: ana.username, password: PASSWORD }))
    expect((await again.delete('/v1/me?now=true')).status).toBe(204)
  })

  it('changes nothing', async () => {
    const { ana, mo } = await registerCast()
    await mo.put(`/v1/users/${ana.id}/suspension`, { until: inAnHour(), reason: 'Spam.' })
    const { body } = await ana.patch('/v1/me', { bio: 'buy' })
    expect(body).toMatchObject({ code: 'suspended', detail: expect.stringContaining('Spam.') })
    expect((await ana.get('/v1/me')).body.bio).toBe(null)
  })
})
