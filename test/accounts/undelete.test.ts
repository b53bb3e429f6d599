import { createMessageBatch, createScheduledController, evictDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it, vi } from 'vitest'
import { runSweeps } from '../../src/cron'
import * as accountDeletion from '../../src/directory/account-deletion'
import { open } from '../../src/directory/database'
import * as usernames from '../../src/directory/usernames'
import * as profileFanout from '../../src/fanout/profile-fanout'
import { call, type Reply } from '../fixtures/api'
import { createAppKey } from '../fixtures/app-keys'
import { eventually } from '../fixtures/eventually'
import { beforeNextBatch } from '../fixtures/interleaving'
import { settingOf, signShared } from '../fixtures/issuers'
import { mailTo, markVerified, newAddress, tokenTo } from '../fixtures/mail'
import { download, putAvatar } from '../fixtures/media'
import { addPasskey, logInOptions } from '../fixtures/passkeys'
import { createRoom, newMessage, roomStub } from '../fixtures/rooms'
import { connect } from '../fixtures/socket'
import { codeOf, enrol } from '../fixtures/totp'
import {
  clientAddress,
  createGuest,
  logIn,
  PASSWORD,
  type RegisteredUser,
  registerUser,
  setSiteRole,
  signedIn,
} from '../fixtures/users'

const directory = open(env.DB)
const bindings = env as Env
const DAY = 86_400_000
const sweep = () => runSweeps(createScheduledController(), env)
const hide = async (user: RegisteredUser, query = '') =>
  expect((await user.delete(`/v1/me${query}`)).status).toBe(204)
const back = async ({ username }: { username: string }) =>
  signedIn(await logIn({ username, password: PASSWORD }))
const rowOf = ({ id }: { id: string }) =>
  env.DB.prepare('select * from users where id = ?').bind(id).first<Record<string, unknown>>()

/** Lets time pass for a hidden account. The clock stays: what limits the hashing of passwords goes by it. */
const wait = ({ id }: { id: string }, ms: number) =>
  env.DB.prepare('update users set deletion_due_at = deletion_due_at - ? where id = ?')
    .bind(ms, id)
    .run()

/** ana and bo, who are friends, in a room of ana's and in a direct one. */
async function friends() {
  const [ana, bo] = await Promise.all([
    registerUser('ana', { displayName: 'Ana Undeleted' }),
    registerUser('bo'),
  ])
  await ana.patch('/v1/me', { messagePolicy: 'everyone' })
  await ana.put(`/v1/me/friend-requests/${bo.id}`)
  await bo.put(`/v1/me/friend-requests/${ana.id}`)
  const { body: room } = await ana.post('/v1/rooms', { name: 'Harbour' })
  const path = `/v1/rooms/${room.id}`
  await ana.post(`${path}/messages`, newMessage('before'))
  await bo.post(`${path}/messages`, newMessage('hello'))
  const { body: direct } = await bo.post(`/v1/direct/${ana.id}`)
  await bo.post(`/v1/rooms/${direct.id}/messages`, newMessage('psst'))
  return { ana, bo, path, roomId: room.id as string, direct: `/v1/rooms/${direct.id}` }
}

const authorOf = async (reader: RegisteredUser, path: string) =>
  (await reader.get(`${path}/messages`)).body.items.at(-1).author.displayName
const ids = ({ body }: Reply) => body.items.map(({ id }: { id: string }) => id)

describe('an account that is deleted', () => {
  it('is hidden from everyone at once, and its sessions end', async () => {
    const { ana, bo, path, direct } = await friends()
    const { refreshToken } = ana
    await hide(ana)
    expect((await ana.get('/v1/me')).body.code).toBe('unauthenticated')
    expect((await ana.post('/v1/sessions/refresh', { refreshToken })).status).toBe(401)
    expect((await bo.get(`/v1/users/${ana.id}`)).body).toMatchObject({
      username: null,
      displayName: 'deleted user',
      role: null,
    })
    expect((await bo.get(`/v1/usernames/${ana.username}`)).body.code).toBe('not_found')
    expect(ids(await bo.get('/v1/users?search=undeleted'))).not.toContain(ana.id)
    expect(ids(await bo.get('/v1/users?search=ana'))).not.toContain(ana.id)
    expect(ids(await bo.get(`/v1/users?search=${ana.username}`))).toEqual([])
    expect(ids(await bo.get('/v1/me/friends'))).toEqual([])
    expect((await bo.post(`/v1/direct/${ana.id}`)).body.code).toBe('not_found')
    expect((await bo.put(`/v1/me/friend-requests/${ana.id}`)).body.code).toBe('not_found')
    await eventually(async () => {
      expect(await authorOf(bo, path)).toBe('deleted user')
      const post = await bo.post(`${direct}/messages`, newMessage('there?'))
      expect(post.body.code).toBe('not_connected')
    })
    const taken = { username: ana.username, password: PASSWORD }
    const again = await call('POST', '/v1/users', { body: taken, headers: clientAddress() })
    expect(again.body.code).toBe('username_taken')
  })

  it('is taken back whole by a log-in: rooms, messages, friends and name, though every object was evicted', async () => {
    const { ana, bo, path, roomId, direct } = await friends()
    await hide(ana)
    await eventually(async () => expect(await authorOf(bo, path)).toBe('deleted user'))
    for (const stub of [roomStub(roomId), env.INBOXES.get(env.INBOXES.idFromName(ana.id))]) {
      await evictDurableObject(stub)
    }
    const returned = await back(ana)
    expect(returned.id).toBe(ana.id)
    expect((await returned.get(path)).body.me.role).toBe('owner')
    expect(ids(await returned.get('/v1/me/rooms'))).toContain(roomId)
    expect(ids(await bo.get('/v1/me/friends'))).toEqual([ana.id])
    expect((await bo.get(`/v1/usernames/${ana.username}`)).body.id).toBe(ana.id)
    await eventually(async () => {
      expect(await authorOf(bo, path)).toBe('Ana Undeleted')
      expect((await bo.post(`${direct}/messages`, newMessage('back?'))).status).toBe(201)
    })
    expect((await returned.post(`${path}/messages`, newMessage('after'))).status).toBe(201)
    // The tokens of before stay ended.
    expect((await ana.get('/v1/me')).status).toBe(401)
    expect(await rowOf(ana)).toMatchObject({ deleted_at: null, deletion_due_at: null, erased: 0 })
  })

  it('keeps its place and its messages in a room that the directory did not know it was in', async () => {
    const [ana, bo] = await Promise.all([registerUser('ana'), registerUser('bo')])
    const { body: room } = await bo.post('/v1/rooms', { name: 'Pier' })
    const path = `/v1/rooms/${room.id}`
    // Who joins over a socket does not wait for the directory.
    const socket = await connect(ana.token, room.id)
    socket.send({ do: 'message.post', ref: 1, ...newMessage('still here') })
    const { seq } = await socket.until(() =>
      socket.events.find(({ type }) => type === 'message.posted'),
    )
    const isListed = () =>
      env.DB.prepare('select left_at from memberships where room_id = ? and user_id = ?')
        .bind(room.id, ana.id)
        .first()
    expect(await isListed()).toBeNull()
    await hide(ana, '?messages=erase')
    await eventually(async () => expect(await isListed()).toEqual({ left_at: null }))
    const again = await back(ana)
    expect((await again.get(path)).body.me).toMatchObject({ role: 'member' })
    expect((await again.get(`${path}/messages/${seq}`)).body.text).toBe('still here')
  })

  it('keeps its avatar', async () => {
    const ana = await registerUser('ana')
    await putAvatar(ana, '/v1/me/avatar')
    const { avatarUrl } = (await ana.get('/v1/me')).body
    await hide(ana)
    const message = { id: ana.id, timestamp: new Date(), attempts: 1, body: { userId: ana.id } }
    await profileFanout.consume(createMessageBatch('chatroom-people', [message]), bindings)
    // Nobody is told where it is, and who knows from before can fetch it.
    expect((await download(undefined, avatarUrl)).status).toBe(200)
    const again = await back(ana)
    expect((await again.get('/v1/me')).body.avatarUrl).toBe(avatarUrl)
    expect((await download(undefined, avatarUrl)).status).toBe(200)
  })

  it('is taken back by every way in, and the log-in that does it says so', async () => {
    bindings.IDENTITY_ISSUERS = settingOf()
    const app = await createAppKey(['users.mint'])
    const [ana, coded, keyed] = await Promise.all([
      registerUser('ana'),
      registerUser('coded'),
      registerUser('keyed'),
    ])
    const { secret } = await enrol(coded)
    const { authenticator } = await addPasskey(keyed)
    const [sub, subject] = [crypto.randomUUID(), crypto.randomUUID()]
    const byIdentity = async (name: string) =>
      logIn({ identityToken: await signShared({ sub, name }) })
    const byApp = () => call('POST', '/v1/app/sessions', { token: app, body: { subject } })
    const ways: { first: RegisteredUser; back: () => Promise<Reply> }[] = [
      { first: ana, back: () => logIn({ username: ana.username, password: PASSWORD }) },
      {
        first: coded,
        back: async () => {
          const asked = await logIn({ username: coded.username, password: PASSWORD })
          expect((await rowOf(coded))?.deletion_due_at).not.toBeNull()
          return logIn({ challenge: asked.body.challenge, totp: codeOf(secret) })
        },
      },
      {
        first: keyed,
        back: async () => logIn({ passkey: await authenticator.get(await logInOptions()) }),
      },
      { first: signedIn(await byIdentity('Ida')), back: () => byIdentity('Ida the Second') },
      { first: signedIn(await byApp()), back: byApp },
    ]
    for (const { first, back } of ways) {
      await hide(first)
      const { body } = await back()
      expect([body.me.id, body.restored]).toEqual([first.id, true])
      expect(await rowOf(first)).toMatchObject({ deleted_at: null, deletion_due_at: null })
    }
    // A new name at the issuer comes with it.
    expect((await byIdentity('Ida the Second')).body).toMatchObject({
      restored: false,
      me: { displayName: 'Ida the Second' },
    })
    expect((await logIn({ username: ana.username, password: PASSWORD })).body.restored).toBe(false)
    delete bindings.IDENTITY_ISSUERS
  })

  it('is deleted for good after 14 days by the cron, however often that runs', async () => {
    const { ana, bo, path } = await friends()
    await hide(ana, '?messages=erase')
    await wait(ana, 14 * DAY - 600_000)
    await sweep()
    expect(await rowOf(ana)).toMatchObject({ username: ana.username })
    await wait(ana, 600_000)
    await sweep()
    await sweep()
    expect(await rowOf(ana)).toMatchObject({
      username: null,
      password_hash: null,
      deletion_due_at: null,
      erased: 1,
    })
    expect(
      await usernames.findReserved(directory, { userId: '', username: ana.username, now: 0 }),
    ).toBe(true)
    expect((await logIn({ username: ana.username, password: PASSWORD })).body.code).toBe(
      'wrong_password',
    )
    const reader = await back(bo)
    await eventually(async () => {
      const { items } = (await reader.get(`${path}/messages`)).body
      expect(items.at(-1)).toMatchObject({ text: null, author: { displayName: 'deleted user' } })
    })
  })

  it('is deleted at once with now=true, and a guest always', async () => {
    const ana = await registerUser('ana')
    await hide(ana, '?now=true')
    const gus = await createGuest('Gus')
    expect((await gus.delete('/v1/me')).status).toBe(204)
    for (const user of [ana, gus]) {
      expect(await rowOf(user)).toMatchObject({ username: null, deletion_due_at: null })
    }
  })

  it('of a log-in and the sweep at the same time, one wins, whole', async () => {
    const [ana, bo] = await Promise.all([registerUser('ana'), registerUser('bo')])
    await Promise.all([hide(ana), hide(bo)])
    await Promise.all([wait(ana, 14 * DAY), wait(bo, 14 * DAY)])
    // ana comes back between what the sweep has read and what it writes.
    beforeNextBatch(directory, () => back(ana))
    const due = { id: ana.id, erased: false }
    expect(await accountDeletion.applyDue(directory, due, Date.now())).toBe(false)
    expect(await rowOf(ana)).toMatchObject({ username: ana.username, deleted_at: null })
    const kept = env.DB.prepare('select count(*) as n from sessions where user_id = ?')
    expect(await kept.bind(ana.id).first('n')).toBe(1)
    // bo is deleted between the check of the password and the session.
    beforeNextBatch(directory, () =>
      accountDeletion.applyDue(directory, { id: bo.id, erased: false }, Date.now()),
    )
    const late = await logIn({ username: bo.username, password: PASSWORD })
    expect(late.body.code).toBe('wrong_password')
    expect(await kept.bind(bo.id).first('n')).toBe(0)
  })

  it('is taken back by no wrong password', async () => {
    const ana = await registerUser('ana')
    await hide(ana)
    expect((await logIn({ username: ana.username, password: 'a guess' })).body.code).toBe(
      'wrong_password',
    )
    expect((await rowOf(ana))?.deletion_due_at).not.toBeNull()
  })

  it('is taken back with a password that was forgotten, and its owner is told of each', async () => {
    const email = newAddress()
    const ana = await registerUser('ana', { email })
    await tokenTo(email, 'verify')
    await markVerified(ana)
    await hide(ana)
    const subjects = () => mailTo(email).map(({ subject }) => subject)
    await eventually(() => expect(subjects()).toContain('Your account will be deleted'))
    const options = { body: { email }, headers: clientAddress() }
    await call('POST', '/v1/password-resets', options)
    const token = await tokenTo(email, 'reset')
    const password = 'a better one, surely'
    await call('PUT', '/v1/password', { body: { token, password }, headers: clientAddress() })
    expect((await rowOf(ana))?.deletion_due_at).not.toBeNull()
    expect((await logIn({ email, password })).body.me.id).toBe(ana.id)
    await eventually(() => expect(subjects()).toContain('Your account is back'))
  })

  it('of a user of an app key is taken back by the next session that the key makes', async () => {
    const token = await createAppKey(['users.mint'])
    const subject = crypto.randomUUID()
    const mint = () => call('POST', '/v1/app/sessions', { token, body: { subject } }).then(signedIn)
    const ana = await mint()
    await hide(ana)
    const again = await mint()
    expect(again.id).toBe(ana.id)
    expect((await again.get('/v1/me')).status).toBe(200)
  })

  it('is no admin while it is hidden, so that the last one stays', async () => {
    const [ana, bo] = await Promise.all([registerUser('ana'), registerUser('bo')])
    await env.DB.prepare(`update users set role = 'user'`).run()
    await Promise.all([setSiteRole(ana, 'admin'), setSiteRole(bo, 'admin')])
    await hide(ana)
    expect((await bo.delete('/v1/me')).body.code).toBe('last_admin')
    await wait(ana, 14 * DAY)
    await sweep()
    expect(await rowOf(ana)).toMatchObject({ username: null, role: 'user' })
    await setSiteRole(bo, 'user')
  })

  it('of staff is demoted and suspended while it is hidden, and shows no more than a deleted one', async () => {
    const [ana, bo, cy] = await Promise.all([
      registerUser('ana'),
      registerUser('bo'),
      registerUser('cy'),
    ])
    await Promise.all([setSiteRole(ana, 'admin'), setSiteRole(bo, 'admin')])
    await hide(bo)
    const [role, suspension] = [`/v1/users/${bo.id}/role`, `/v1/users/${bo.id}/suspension`]
    const until = new Date(Date.now() + DAY).toISOString()
    // As for no user: of a hidden account, not even the rank shows.
    expect((await ana.put(suspension, { until })).body.code).toBe('not_found')
    for (const lower of ['moderator', 'user', 'user']) {
      const { status, body } = await ana.put(role, { role: lower })
      expect([status, body]).toEqual([200, (await cy.get(`/v1/users/${bo.id}`)).body])
      expect(body).toMatchObject({ username: null, displayName: 'deleted user', role: null })
    }
    expect((await ana.put(role, { role: 'admin' })).body.code).toBe('not_found')
    const demoted = await back(bo)
    expect((await demoted.put(`/v1/users/${cy.id}/role`, { role: 'admin' })).body.code).toBe(
      'forbidden',
    )
    await hide(demoted)
    const imposed = await ana.put(suspension, { until, reason: 'Spam.' })
    expect([imposed.status, imposed.body]).toEqual([200, { userId: bo.id, until, reason: 'Spam.' }])
    const suspended = await back(bo)
    expect((await suspended.patch('/v1/me', { bio: 'x' })).body.code).toBe('suspended')
    // Gone for good, it is out of reach.
    await suspended.delete('/v1/me?now=true')
    expect((await ana.put(role, { role: 'user' })).body.code).toBe('not_found')
    expect((await ana.put(suspension, { until })).body.code).toBe('not_found')
    await setSiteRole(ana, 'user')
  })

  it('lets nobody in by its invites while it is hidden, and leaves the room to no owner who is hidden', async () => {
    const [ana, bo, cy, dee] = await Promise.all([
      registerUser('ana'),
      registerUser('bo'),
      registerUser('cy'),
      registerUser('dee'),
    ])
    const { path } = await createRoom(ana, { access: 'closed' })
    const { body: anas } = await ana.post(`${path}/invites`, {})
    for (const member of [bo, cy, dee]) {
      await member.put(`${path}/members/@me`, { invite: anas.code })
    }
    await ana.patch(`${path}/members/${bo.id}`, { role: 'owner' })
    await dee.delete(`${path}/members/@me`)
    const { body: bos } = await bo.post(`${path}/invites`, {})
    await hide(bo)
    await eventually(async () => {
      expect((await dee.get(`/v1/invites/${bos.code}`)).body.code).toBe('gone')
    })
    const join = () => dee.put(`${path}/members/@me`, { invite: bos.code })
    expect((await join()).body.code).toBe('gone')
    for (const reply of [
      await ana.delete(`${path}/members/@me`),
      await ana.patch(`${path}/members/${ana.id}`, { role: 'member' }),
    ]) {
      expect(reply.body.code).toBe('last_owner')
    }
    const returned = await back(bo)
    await eventually(async () => expect((await join()).status).toBeLessThan(300))
    expect((await ana.delete(`${path}/members/@me`)).status).toBe(204)
    // cy has been there longer than dee, but is hidden.
    await hide(cy)
    await eventually(async () => {
      const { items } = (await dee.get(`${path}/members`)).body
      expect(items.some(({ user }: { user: { username: null } }) => user.username === null)).toBe(
        true,
      )
    })
    await returned.delete('/v1/me?now=true')
    await eventually(async () => expect((await dee.get(path)).body.me.role).toBe('owner'))
  })

  it('whose sessions cannot be ended is not hidden, and can be deleted a moment later', async () => {
    const ana = await registerUser('ana')
    vi.spyOn(console, 'error').mockImplementation(() => {})
    const down = vi.spyOn(env.INBOXES, 'get').mockImplementation(() => {
      throw new Error('the inbox is down')
    })
    expect((await ana.delete('/v1/me')).status).toBe(503)
    down.mockRestore()
    expect(await rowOf(ana)).toMatchObject({ deleted_at: null })
    await hide(await back(ana))
    vi.restoreAllMocks()
  })

  it('goes on to be deleted where the cron broke off behind the row', async () => {
    const { ana, bo, path } = await friends()
    await hide(ana)
    await wait(ana, 14 * DAY)
    // All that the cron does before it dies.
    await accountDeletion.applyDue(directory, { id: ana.id, erased: false }, Date.now())
    await sweep()
    const reader = await back(bo)
    await eventually(async () => {
      const { items } = (await reader.get(`${path}/members`)).body
      expect(items.map(({ user }: { user: { id: string } }) => user.id)).toEqual([bo.id])
    })
  })
})
