import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { ACCESS_TOKEN_SECONDS } from '../../src/auth/tokens'
import { ask, fetchRoom } from '../../src/room/client'
import { call } from '../fixtures/api'
import { createAppKey } from '../fixtures/app-keys'
import { stopClock } from '../fixtures/clock'
import { spyOnD1 } from '../fixtures/d1-spy'
import { eventually } from '../fixtures/eventually'
import { openInbox } from '../fixtures/inbox'
import { createRoom, newMessage } from '../fixtures/rooms'
import { connect } from '../fixtures/socket'
import {
  createUsers,
  logIn,
  PASSWORD,
  type RegisteredUser,
  registerUser,
  setSiteRole,
  signedIn,
} from '../fixtures/users'

afterEach(() => vi.restoreAllMocks())

const inboxOf = (userId: string) => env.INBOXES.get(env.INBOXES.idFromName(userId))
const sessionOf = (token: string): string => JSON.parse(atob(token.split('.')[1] ?? '')).sid

/** The same user on another device. */
const secondDevice = async ({ username }: RegisteredUser) =>
  signedIn(await logIn({ username, password: PASSWORD }))

/** Ends a session as another isolate does, of which this one hears nothing. */
const endElsewhere = (user: RegisteredUser) =>
  inboxOf(user.id).endSessions(
    [sessionOf(user.token)],
    Date.now() + (ACCESS_TOKEN_SECONDS + 60) * 1000,
  )

/** Puts the last proof of a session out of its ten minutes. */
const forgetProof = ({ token }: RegisteredUser) =>
  env.DB.prepare('update sessions set proven_at = 0 where id = ?').bind(sessionOf(token)).run()

describe('a session that ended', () => {
  it('posts, changes and erases nothing: not over HTTP, not on its sockets', async () => {
    const ana = await registerUser('ana')
    const [{ room, path }, other] = await Promise.all([createRoom(ana), secondDevice(ana)])
    const [socket, own] = [await connect(ana.token, room.id), await connect(other.token, room.id)]
    const changed = { password: 'staple battery horse 7', currentPassword: PASSWORD }
    expect((await other.patch('/v1/me', changed)).status).toBe(200)
    expect(await socket.end()).toMatchObject({ code: 4401 })
    const attempts = [
      ana.patch('/v1/me', { email: 'thief@example.com' }),
      ana.delete('/v1/sessions'),
      ana.delete('/v1/me'),
      ana.post(`${path}/messages`, newMessage('still here')),
    ]
    for (const { status } of await Promise.all(attempts)) expect(status).toBe(401)
    expect((await connect(ana.token, room.id)).closed?.code).toBe(4401)
    own.send({ do: 'message.post', ref: 1, ...newMessage('mine') })
    expect(await own.answer(1)).toHaveProperty('seq')
    expect((await other.get('/v1/me')).body.email).toBe(null)
  })

  it('is refused by an isolate that was not told, a second later', async () => {
    const ana = await registerUser('ana')
    const clock = stopClock()
    expect((await ana.get('/v1/me')).status).toBe(200)
    await endElsewhere(ana)
    clock.advance(1001)
    expect((await ana.get('/v1/me')).body.code).toBe('unauthenticated')
  })

  it('has its sockets closed in open rooms that its user never joined, whatever was evicted', async () => {
    const [ana, cy] = await Promise.all([registerUser('ana'), registerUser('cy')])
    const { room, stub } = await createRoom(ana)
    const socket = await connect(cy.token, room.id)
    await evictDurableObject(stub)
    await evictDurableObject(inboxOf(cy.id))
    await endElsewhere(cy)
    expect(await socket.end()).toMatchObject({ code: 4401 })
  })

  it('opens no socket by an upgrade that was under way, nor by a token that auth brings', async () => {
    const ana = await registerUser('ana')
    const [{ room }, other] = await Promise.all([createRoom(ana), secondDevice(ana)])
    const socket = await connect(other.token, room.id)
    const first = await connect(ana.token, room.id)
    await endElsewhere(ana)
    await first.end()
    const identity = {
      userId: ana.id,
      sessionId: sessionOf(ana.token),
      expiresAt: Date.now() + 9e5,
    }
    const late = ask(env.ROOMS, room.id, (stub) =>
      fetchRoom(stub, { path: 'socket', identity, after: null }),
    )
    await expect(late).rejects.toMatchObject({ code: 'unauthenticated' })
    socket.send({ do: 'auth', ref: 1, token: ana.token })
    expect(await socket.answer(1)).toMatchObject({ problem: { code: 'unauthenticated' } })
    socket.send({ do: 'auth', ref: 2, token: other.token })
    expect(await socket.answer(2)).toHaveProperty('seq')
  })

  it('is told to a room that could not be reached, until it answers', async () => {
    const ana = await registerUser('ana')
    const { room } = await createRoom(ana)
    const socket = await connect(ana.token, room.id)
    const logged = vi.spyOn(console, 'error').mockImplementation(() => {})
    const stub = inboxOf(ana.id)
    const down = vi.spyOn(env.ROOMS, 'get').mockImplementation(() => {
      throw new Error('the room is down')
    })
    await endElsewhere(ana)
    await eventually(() => expect(logged).toHaveBeenCalled())
    expect(socket.closed).toBeUndefined()
    down.mockRestore()
    await runInDurableObject(stub, (_inbox, { storage }) => {
      storage.sql.exec('update closures set due_at = 0')
    })
    await runDurableObjectAlarm(stub)
    expect(await socket.end()).toMatchObject({ code: 4401 })
  })

  it('ends by a refresh token that was used before, and is not refreshed again', async () => {
    const ana = await registerUser('ana')
    const clock = stopClock()
    const refresh = (refreshToken: string) => ana.post('/v1/sessions/refresh', { refreshToken })
    expect((await refresh(ana.refreshToken)).status).toBe(200)
    clock.advance(31_000)
    expect((await refresh(ana.refreshToken)).status).toBe(401)
    expect((await ana.get('/v1/me')).status).toBe(401)
  })

  it('that was ended by half, in the inbox alone, cannot be refreshed either', async () => {
    const ana = await registerUser('ana')
    await endElsewhere(ana)
    const { refreshToken } = ana
    expect((await ana.post('/v1/sessions/refresh', { refreshToken })).status).toBe(401)
  })
})

describe('sessions that others end', () => {
  it('are all of a user of a lower role, by an admin, who says why; the rest of the site goes on', async () => {
    const [root, mo, bo] = await createUsers('Root', 'Mo', 'Bo')
    await Promise.all([setSiteRole(root, 'admin'), setSiteRole(mo, 'moderator')])
    const socket = await openInbox(bo.token)
    const path = `/v1/users/${bo.id}/sessions`
    expect((await mo.delete(path)).body.code).toBe('forbidden')
    expect((await root.delete(`/v1/users/${root.id}/sessions`)).body.code).toBe('forbidden')
    expect((await root.delete(`${path}?reason=Taken%20over.`)).status).toBe(204)
    expect((await bo.get('/v1/me')).body.code).toBe('unauthenticated')
    await eventually(() => expect(socket.closed).toMatchObject({ code: 4401 }))
    expect((await mo.get('/v1/me')).status).toBe(200)
    const { body } = await root.get(`/v1/site-audit?userId=${bo.id}`)
    expect(body.items).toMatchObject([{ action: 'endUserSessions', reason: 'Taken over.' }])
  })

  it('are all of a user of an app key, by their subject, and of nobody else', async () => {
    const token = await createAppKey(['users.mint'])
    const mint = (subject: string) =>
      call('POST', '/v1/app/sessions', { token, body: { subject } }).then(signedIn)
    const [one, again, other] = [await mint('one'), await mint('one'), await mint('other')]
    const end = () => call('DELETE', '/v1/app/sessions?subject=one', { token })
    expect([(await end()).status, (await end()).status]).toEqual([204, 204])
    for (const user of [one, again]) {
      expect((await user.get('/v1/me')).body.code).toBe('unauthenticated')
    }
    expect((await other.get('/v1/me')).status).toBe(200)
    expect((await (await mint('one')).get('/v1/me')).status).toBe(200)
  })
})

describe('while an inbox does not answer', () => {
  it('reads follow the token, and writes are told to come again', async () => {
    const ana = await registerUser('ana')
    vi.spyOn(console, 'error').mockImplementation(() => {})
    vi.spyOn(env.INBOXES, 'get').mockImplementation(() => {
      throw new Error('the inbox is down')
    })
    expect((await ana.get('/v1/me')).status).toBe(200)
    const reply = await ana.patch('/v1/me', { bio: 'hello' })
    expect([reply.status, reply.body.code]).toEqual([503, 'unavailable'])
    expect((await ana.delete('/v1/sessions/current')).status).toBe(503)
  })
})

it('a session is looked up once a second, however many requests it sends, and never by a post on a socket', async () => {
  const ana = await registerUser('ana')
  const { room } = await createRoom(ana)
  const socket = await connect(ana.token, room.id)
  const clock = stopClock()
  clock.advance(1001)
  const get = vi.spyOn(env.INBOXES, 'get')
  const inbox = env.INBOXES.idFromName(ana.id)
  // Rooms of other tests may still tell the inboxes of others.
  const lookUps = () => get.mock.calls.filter(([id]) => id.equals(inbox))
  await Promise.all(Array.from({ length: 20 }, () => ana.get('/v1/me')))
  expect(lookUps()).toHaveLength(1)
  for (const ref of [1, 2, 3]) {
    socket.send({ do: 'message.post', ref, ...newMessage('quick') })
    await socket.answer(ref)
  }
  expect(lookUps()).toHaveLength(1)
})

describe('a proof of who you are', () => {
  it('is what an address, an account and other sessions take, and a password given again is one', async () => {
    const ana = await registerUser('ana')
    const other = await secondDevice(ana)
    await forgetProof(ana)
    const email = 'ana.new@example.com'
    const attempts = [
      await ana.patch('/v1/me', { email }),
      await ana.delete('/v1/me'),
      await ana.delete('/v1/sessions'),
      await ana.delete(`/v1/sessions/${sessionOf(other.token)}`),
    ]
    for (const { body } of attempts) expect(body.code).toBe('proof_required')
    expect((await ana.patch('/v1/me', { bio: 'no secret' })).status).toBe(200)
    const wrong = await ana.put('/v1/sessions/current/proof', { password: 'not mine at all' })
    expect(wrong.body.code).toBe('wrong_password')
    const proof = await ana.put('/v1/sessions/current/proof', { password: PASSWORD })
    expect(proof.status).toBe(204)
    expect((await ana.patch('/v1/me', { email })).body.email).toBe(email)
    expect((await ana.delete(`/v1/sessions/${sessionOf(other.token)}`)).status).toBe(204)
    expect((await ana.delete('/v1/me')).status).toBe(204)
  })

  it('comes with the change itself, by currentPassword', async () => {
    const ana = await registerUser('ana')
    await forgetProof(ana)
    const change = (currentPassword: string) =>
      ana.patch('/v1/me', { email: 'ana.next@example.com', currentPassword })
    expect((await change('not mine at all')).body.code).toBe('wrong_password')
    expect((await change(PASSWORD)).status).toBe(200)
  })

  it('is not needed to log out', async () => {
    const ana = await registerUser('ana')
    await forgetProof(ana)
    expect((await ana.delete('/v1/sessions/current')).status).toBe(204)
  })
})

it('a log-in that finds forty sessions too many ends them in one statement', async () => {
  const ana = await registerUser('ana')
  const insert = env.DB.prepare(
    'insert into sessions (id, user_id, name, rotated_at, created_at) values (?, ?, ?, ?, ?)',
  )
  const now = Date.now()
  await env.DB.batch(
    Array.from({ length: 88 }, () =>
      insert.bind(crypto.randomUUID(), ana.id, 'Tab', now - 1000, now - 1000),
    ),
  )
  const d1 = spyOnD1()
  try {
    expect((await logIn({ username: ana.username, password: PASSWORD })).status).toBe(201)
  } finally {
    d1.restore()
  }
  const ends = d1.queriesAbout(ana).filter((query) => query.includes('json_each'))
  const deletes = d1.queriesAbout(ana).filter((query) => query.startsWith('delete from "sessions"'))
  expect(ends).toHaveLength(1)
  // The other one deletes what has expired.
  expect(deletes).toHaveLength(2)
  const count = env.DB.prepare('select count(*) n from sessions where user_id = ?').bind(ana.id)
  expect(await count.first('n')).toBe(50)
})
