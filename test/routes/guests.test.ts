import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import * as accountUpdate from '../../src/directory/account-update'
import { open } from '../../src/directory/database'
import { GUEST_IDLE_DAYS, sweepSlice } from '../../src/directory/guests'
import { fanOutPage } from '../../src/fanout/profile-fanout'
import { call } from '../fixtures/api'
import { createRoom, newMessage } from '../fixtures/rooms'
import { connect } from '../fixtures/socket'
import { clientAddress, createUser, logIn, PASSWORD, signedIn } from '../fixtures/users'

const directory = open(env.DB)
const DAY = 86_400_000
const enter = (fields: object = {}) =>
  call('POST', '/v1/users', { body: { guest: true, ...fields }, headers: clientAddress() })
const newGuest = async (fields: object = {}) => signedIn(await enter(fields))
const refresh = (refreshToken: string) =>
  call('POST', '/v1/sessions/refresh', { body: { refreshToken } })

describe('a guest', () => {
  it('is signed in by one request, and posts in an open room by another or over its socket', async () => {
    const { path, room } = await createRoom(await createUser('Ana'))
    const reply = await enter({ displayName: 'Gus' })
    expect(reply.status).toBe(201)
    expect(reply.body.me).toMatchObject({ guest: true, displayName: 'Gus', email: null })
    const gus = signedIn(reply)
    const posted = await gus.post(`${path}/messages`, newMessage('hello'))
    expect(posted.body.author).toMatchObject({ id: gus.id, displayName: 'Gus' })
    const socket = await connect(gus.token, room.id)
    socket.send({ do: 'message.post', ref: 1, ...newMessage('hello again') })
    expect(await socket.answer(1)).not.toHaveProperty('problem')
    socket.close()
  })

  it('has a readable name where they chose none', async () => {
    expect((await enter()).body.me.displayName).toMatch(/^[a-z]+ [a-z]+ \d\d$/)
  })

  it.each(['username', 'password', 'email'])('is made without a %s', async (field) => {
    const value = field === 'email' ? 'gus@example.com' : 'gus.lopez.the.third'
    const reply = await enter({ [field]: value })
    expect([reply.status, reply.body.errors?.[0].path]).toEqual([400, field])
  })

  it('enters a closed room by an invite, and neither by its password, its allowlist nor by being added', async () => {
    const ana = await createUser('Ana')
    const secret = 'a tide of sea birds'
    const settings = { access: 'closed', listed: true, password: secret }
    const { path } = await createRoom(ana, settings)
    const gus = await newGuest()
    const join = async (body: object) => (await gus.put(`${path}/members/@me`, body)).body
    expect((await join({ password: 'not this one' })).code).toBe('wrong_password')
    expect((await join({ password: secret })).code).toBe('registration_required')
    await ana.put(`${path}/allowlist/${gus.id}`)
    expect((await join({})).code).toBe('registration_required')
    await gus.patch('/v1/me', { addPolicy: 'everyone', messagePolicy: 'everyone' })
    expect((await ana.put(`${path}/members/${gus.id}`)).body.code).toBe('not_connected')
    const { body: invite } = await ana.post(`${path}/invites`, {})
    expect((await join({ invite: invite.code })).me.role).toBe('member')
    expect((await ana.post(`/v1/direct/${gus.id}`)).body.code).toBe('not_connected')
  })

  it('may delete the account and end sessions without a proof, and logs in nowhere', async () => {
    const gus = await newGuest()
    expect((await logIn({ username: gus.username, password: PASSWORD })).body.code).toBe(
      'wrong_password',
    )
    await env.DB.prepare('update sessions set proven_at = 0 where user_id = ?').bind(gus.id).run()
    expect((await gus.delete('/v1/me')).status).toBe(204)
  })

  it('gets no role on the site', async () => {
    const ada = await createUser('Ada')
    await env.DB.prepare(`update users set role = 'admin' where id = ?`).bind(ada.id).run()
    const gus = await newGuest()
    const reply = await ada.put(`/v1/users/${gus.id}/role`, { role: 'moderator' })
    expect([reply.status, reply.body.code]).toEqual([409, 'conflict'])
  })

  it('is refused where guests are switched off', async () => {
    env.GUESTS = 'off' as typeof env.GUESTS
    try {
      expect((await enter()).body.code).toBe('forbidden')
    } finally {
      env.GUESTS = 'on'
    }
  })

  it('counts against the limit of registrations of their address', async () => {
    const headers = clientAddress()
    const body = { guest: true }
    const replies = await Promise.all(
      Array.from({ length: 25 }, () => call('POST', '/v1/users', { body, headers })),
    )
    expect(replies.some(({ status }) => status === 429)).toBe(true)
  })
})

describe('a guest who chooses a username and a password', () => {
  it('is a registered user with the same id, session, rooms and messages', async () => {
    const { path, room } = await createRoom(await createUser('Ana'))
    const gus = await newGuest({ displayName: 'Gus' })
    const { body: message } = await gus.post(`${path}/messages`, newMessage('hello'))
    const username = `gus.${gus.id.slice(-12)}`
    const upgraded = await gus.patch('/v1/me', { username, password: PASSWORD })
    expect(upgraded.body).toMatchObject({ id: gus.id, guest: false, username, displayName: 'Gus' })
    expect((await gus.get(`${path}/messages/${message.seq}`)).body.author.id).toBe(gus.id)
    expect((await gus.get(path)).body.me.role).toBe('member')
    expect((await refresh(gus.refreshToken)).body.me.guest).toBe(false)
    const again = await logIn({ username, password: PASSWORD })
    expect(again.body.me.id).toBe(gus.id)
    expect((await gus.post('/v1/rooms', { name: 'Pier' })).status).toBe(201)
    await fanOutPage(env, { userId: gus.id }, false)
    expect((await gus.get(`/v1/rooms/${room.id}/members`)).body.items).toContainEqual(
      expect.objectContaining({ user: expect.objectContaining({ username }) }),
    )
  })

  it.each([
    [{ username: 'gus.lopez' }, 'password'],
    [{ password: PASSWORD }, 'username'],
  ])('needs both: not %o alone', async (patch, path) => {
    const gus = await newGuest()
    const { body } = await gus.patch('/v1/me', patch)
    expect([body.code, body.errors?.[0].path]).toEqual(['invalid', path])
    expect((await gus.patch('/v1/me', { email: 'gus@example.com' })).body.code).toBe(
      'registration_required',
    )
  })

  it('takes no name of another, nor one of a guest', async () => {
    const ana = await createUser('Ana')
    const gus = await newGuest()
    for (const username of [ana.username, gus.username, 'guest_somebody', 'admin']) {
      const { body } = await gus.patch('/v1/me', { username, password: PASSWORD })
      expect(body.code).toBe('username_taken')
    }
    expect((await gus.get('/v1/me')).body.guest).toBe(true)
    const posing = { username: 'guest_somebody', password: PASSWORD }
    const reply = await call('POST', '/v1/users', { body: posing, headers: clientAddress() })
    expect(reply.body.code).toBe('username_taken')
  })

  it('does so once: of many at the same time one is taken, and its password holds', async () => {
    const gus = await newGuest()
    const names = Array.from({ length: 8 }, (_, i) => `g${i}.${gus.id.slice(-12)}`)
    const replies = await Promise.all(
      names.map((username) =>
        gus.patch('/v1/me', { username, password: `${PASSWORD} ${username}` }),
      ),
    )
    const taken = replies.filter(({ status }) => status === 200)
    expect(taken).toHaveLength(1)
    const { username } = taken[0]?.body ?? {}
    expect((await gus.get('/v1/me')).body.username).toBe(username)
    const login = await logIn({ username, password: `${PASSWORD} ${username}` })
    expect(login.status).toBe(201)
  })

  it('cannot lose a password that was chosen meanwhile', async () => {
    const gus = await newGuest()
    const access = { userId: gus.id, sessionId: '' }
    const choose = (username: string) =>
      accountUpdate.apply(
        directory,
        access,
        { username, password: `${PASSWORD} ${username}` },
        { cost: 4, now: Date.now() },
      )
    await choose(`one.${gus.id.slice(-12)}`)
    await expect(choose(`two.${gus.id.slice(-12)}`)).rejects.toMatchObject({ code: 'invalid' })
  })
})

describe(`after ${GUEST_IDLE_DAYS} days`, () => {
  const later = (days: number) => Date.now() + days * DAY
  const sweep = async (now: number) => {
    while (await sweepSlice(directory, now));
  }
  const isThere = async (id: string) =>
    (await env.DB.prepare('select deleted_at from users where id = ?')
      .bind(id)
      .first('deleted_at')) === null

  it('an idle guest is deleted, and their messages stay as of "guest"', async () => {
    const ana = await createUser('Ana')
    const { path } = await createRoom(ana)
    const gus = await newGuest({ displayName: 'Gus' })
    const { body } = await gus.post(`${path}/messages`, newMessage('hello'))
    await sweep(later(GUEST_IDLE_DAYS - 1))
    expect(await isThere(gus.id)).toBe(true)
    await sweep(later(GUEST_IDLE_DAYS + 1))
    expect(await isThere(gus.id)).toBe(false)
    await fanOutPage(env, { userId: gus.id }, false)
    const { body: kept } = await ana.get(`${path}/messages/${body.seq}`)
    expect(kept).toMatchObject({ text: 'hello', author: { username: null, displayName: 'guest' } })
    expect((await ana.get(`/v1/users/${gus.id}`)).body.displayName).toBe('guest')
    expect((await refresh(gus.refreshToken)).status).toBe(401)
  })

  it('a guest who refreshed a session stays, and is looked at again 30 days after that', async () => {
    const gus = await newGuest()
    const moved = later(20)
    await env.DB.prepare('update sessions set rotated_at = ? where user_id = ?')
      .bind(moved, gus.id)
      .run()
    await sweep(later(GUEST_IDLE_DAYS + 1))
    expect(await isThere(gus.id)).toBe(true)
    await sweep(moved + GUEST_IDLE_DAYS * DAY + 1)
    expect(await isThere(gus.id)).toBe(false)
  })

  it('a registered user stays, also one who was a guest', async () => {
    const gus = await newGuest()
    await gus.patch('/v1/me', { username: `gus.${gus.id.slice(-12)}`, password: PASSWORD })
    await sweep(later(GUEST_IDLE_DAYS + 1))
    expect(await isThere(gus.id)).toBe(true)
  })

  it('many are deleted in slices, found by an index', async () => {
    const guests = Array.from({ length: 250 }, (_, i) => `slice-${i}`)
    await env.DB.prepare(
      `insert into users (id, username, display_name, folded_name, guest_until, created_at)
      select value, value, 'x', 'x', 1, 1 from json_each(?)`,
    )
      .bind(JSON.stringify(guests))
      .run()
    const left = async () =>
      env.DB.prepare(
        `select count(*) n from users where id like 'slice-%' and deleted_at is null`,
      ).first('n')
    expect(await sweepSlice(directory, 1000)).toBe(true)
    expect(await left()).toBe(150)
    await sweep(1000)
    expect(await left()).toBe(0)
    const { results } = await env.DB.prepare(
      `explain query plan select id from users where guest_until is not null and deleted_at is null
      and guest_until <= 1 order by guest_until limit 100`,
    ).all()
    expect(JSON.stringify(results)).toContain('users_guests')
  })
})
