import { describe, expect, it } from 'vitest'
import { call } from '../fixtures/api'
import { stopClock } from '../fixtures/clock'
import { markVerified } from '../fixtures/mail'
import { clientAddress, logIn, PASSWORD, registerUser, type User } from '../fixtures/users'

const signUp = (body: unknown) => call('POST', '/v1/users', { body, headers: clientAddress() })

describe('registering', () => {
  it('answers the new account, signed in, and where it is', async () => {
    const reply = await signUp({
      username: 'Ana.Lopez',
      displayName: 'Ana López',
      password: PASSWORD,
    })
    expect(reply.status).toBe(201)
    expect(reply.body.me).toMatchObject({
      username: 'ana.lopez',
      displayName: 'Ana López',
      role: 'user',
    })
    expect(reply.headers.get('Location')).toBe(`/v1/users/${reply.body.me.id}`)
    const me = await call('GET', '/v1/me', { token: reply.body.session.accessToken })
    expect(me.body).toEqual(reply.body.me)
  })

  it('draws a readable username when none is chosen', async () => {
    const { body } = await signUp({ password: PASSWORD })
    expect(body.me.username).toMatch(/^[a-z]+_[a-z]+_\d\d$/)
    expect(body.me.displayName).toBe(body.me.username)
  })

  it('gives a name to one of many who ask for it at once, whatever its case', async () => {
    const spellings = ['wanted', 'WANTED', 'Wanted', 'wanteD']
    const replies = await Promise.all(
      spellings.map((username) => signUp({ username, password: PASSWORD })),
    )
    const statuses = replies.map(({ status }) => status).sort()
    expect(statuses).toEqual([201, 409, 409, 409])
    const refused = replies.filter(({ status }) => status === 409)
    for (const { body } of refused) expect(body.code).toBe('username_taken')
  })

  it('does not tell whether another account has an address: it is claimed, and whoever verifies it logs in by it', async () => {
    const first = await signUp({ email: 'dee@example.com', password: PASSWORD })
    const second = await signUp({ email: 'Dee@Example.com', password: `${PASSWORD} too` })
    expect([first.status, second.status]).toEqual([201, 201])
    expect(second.body.me.email).toBe(first.body.me.email)
    expect(Object.keys(second.body.me)).toEqual(Object.keys(first.body.me))
    await markVerified(first.body.me)
    const third = await signUp({ email: 'dee@example.com', password: PASSWORD })
    expect(Object.keys(third.body.me)).toEqual(Object.keys(first.body.me))
    expect(third.body.me).toMatchObject({ email: 'dee@example.com', emailVerified: false })
    const byFirst = await logIn({ email: 'dee@example.com', password: PASSWORD })
    expect(byFirst.body.me.id).toBe(first.body.me.id)
    const bySecond = await logIn({ email: 'dee@example.com', password: `${PASSWORD} too` })
    expect(bySecond.body.code).toBe('wrong_password')
  })

  it.each(['admin', 'support', 'everyone', 'here', 'system', 'a.d.m.i.n', 'supp0rt', 'adrnin'])(
    'refuses %s, which is the own name of the service or looks like one',
    async (username) => {
      const reply = await signUp({ username, password: PASSWORD })
      expect([reply.status, reply.body.code]).toEqual([409, 'username_taken'])
    },
  )

  it('refuses a name that looks like one that is taken', async () => {
    expect((await signUp({ username: 'modern.lo1o', password: PASSWORD })).status).toBe(201)
    for (const username of ['rnodern.lo1o', 'modern.lolo', 'm0dern.lo1o']) {
      expect((await signUp({ username, password: PASSWORD })).body.code).toBe('username_taken')
    }
    expect((await signUp({ username: 'modern_lo1o', password: PASSWORD })).status).toBe(201)
  })

  it.each([
    ['a right-to-left override', 'Ana\u202enimda'],
    ['a zero-width space', 'A\u200bna'],
    ['two lines', 'Ana\u2028Lopez'],
    ['private use', '\ue000'],
    ['nothing but fillers', '\u3164\u2800 '],
    ['site staff', 'Site Staff'],
    ['what looks like site staff', 'ѕite-stаff'],
    ['deleted user', 'deleted user'],
  ])('refuses a display name with %s', async (_, displayName) => {
    const reply = await signUp({ displayName, password: PASSWORD })
    expect(reply.status).toBe(400)
    expect(reply.body.errors).toMatchObject([{ path: 'displayName' }])
  })

  it.each(['👨‍👩‍👧 Lopez', '🏳️‍🌈', 'Ana 李', 'Łukasz O’Neil-Żak', 'محمد'])(
    'takes %s as a display name',
    async (displayName) => {
      const reply = await signUp({ displayName, password: PASSWORD })
      expect(reply.body.me?.displayName).toBe(displayName)
    },
  )

  it.each([
    ['eight characters', 'zq7-krvw'],
    ['spaces', ` a.${' '.repeat(61)}`],
    ['256 characters', 'läuft über '.repeat(24).slice(0, 256)],
    ['emoji and letters of no case', '李小龙的🐉密码本子'],
  ])('takes a password of %s, as it is and in no other way', async (_, password) => {
    const { body } = await signUp({ password })
    const tried = async (attempt: string) =>
      (await logIn({ username: body.me.username, password: attempt })).status
    expect(await tried(password)).toBe(201)
    expect(await tried(password.slice(0, -1))).not.toBe(201)
    expect(await tried(`${password.slice(0, -1)}#`)).toBe(403)
  })

  it.each([
    ['seven characters', 'zq7-krv'],
    ['257 characters', 'läuft über '.repeat(24).slice(0, 257)],
  ])('refuses a password of %s', async (_, password) => {
    expect((await signUp({ password })).body.errors).toMatchObject([{ path: 'password' }])
  })

  it.each([
    'password',
    '12345678',
    'aaaaaaaa',
    'abababab',
    'PassWord1',
    'anna.of.the.sea',
    'Anna of the Sea',
    'anna@sea.example',
    'anna.of.the.sea1!',
    '1Anna of the Sea',
    'Chatroom2026',
    '!chat-room!',
  ])('refuses %s as a password: many have it, or it is a name of the user', async (password) => {
    const names = {
      username: 'anna.of.the.sea',
      displayName: 'Anna of the Sea',
      email: 'anna@sea.example',
    }
    const reply = await signUp({ ...names, password })
    expect(reply.status).toBe(400)
    expect(reply.body.errors).toMatchObject([{ path: 'password' }])
  })

  it('refuses a name that a deleted account had', async () => {
    const eve = await registerUser('eve')
    await eve.delete('/v1/me')
    const reply = await signUp({ username: eve.username, password: PASSWORD })
    expect(reply.body.code).toBe('username_taken')
  })

  it('opens no account when the name is refused', async () => {
    const body = { username: 'taken.name', password: PASSWORD }
    await signUp(body)
    await signUp({ ...body, email: 'nobody@example.com' })
    const reply = await logIn({ email: 'nobody@example.com', password: PASSWORD })
    expect(reply.body.code).toBe('wrong_password')
  })
})

describe('a profile', () => {
  it('is found by id and by name, and holds nothing private', async () => {
    const fay = await registerUser('fay', { email: 'fay@example.com' })
    const gus = await registerUser('gus')
    const byId = await gus.get(`/v1/users/${fay.id}`)
    const byName = await gus.get(`/v1/usernames/${fay.username.toUpperCase()}`)
    expect(byId.status).toBe(200)
    expect(byName.body).toEqual(byId.body)
    const search = await gus.get(`/v1/users?search=${fay.username}`)
    expect(search.body.items).toEqual([byId.body])
    for (const { body } of [byId, byName, search]) {
      expect(JSON.stringify(body)).not.toMatch(/email|@|scrypt|password|hash|suspen/i)
    }
  })

  it('of a deleted account is its id', async () => {
    const hal = await registerUser('hal', { displayName: 'Hal', email: 'hal@example.com' })
    const gus = await registerUser('gus')
    await gus.patch('/v1/me', { bio: 'still here' })
    await hal.delete('/v1/me')
    const { body } = await gus.get(`/v1/users/${hal.id}`)
    const gone = { username: null, avatarUrl: null, bio: null, role: null, createdAt: null }
    expect(body).toEqual({ id: hal.id, displayName: 'deleted user', ...gone, metadata: {} })
    expect((await gus.get(`/v1/usernames/${hal.username}`)).status).toBe(404)
  })

  it('is shown to those signed in only', async () => {
    const ivy = await registerUser('ivy')
    expect((await call('GET', `/v1/users/${ivy.id}`)).status).toBe(401)
    expect((await ivy.get('/v1/users/nobody')).body.code).toBe('not_found')
  })
})

describe('the search', () => {
  it('finds by the beginning of either name, whatever the case, each user once', async () => {
    const both = await registerUser('quin', { displayName: 'QUINcy the First' })
    const shown = await registerUser('other', { displayName: 'Quinta Essência' })
    const named = await registerUser('quinoa', { displayName: 'Grain' })
    await registerUser('harle', { displayName: 'Harlequin' })
    const { body } = await both.get('/v1/users?search=QuIn')
    const ids = body.items.map(({ id }: { id: string }) => id)
    expect(ids.sort()).toEqual([both.id, shown.id, named.id].sort())
  })

  it('goes through all pages without a gap or a repeat', async () => {
    const names = Array.from({ length: 9 }, (_, i) => ({ displayName: i % 2 ? 'Zqd Same' : 'zqb' }))
    const people = await Promise.all(
      names.map((more, i) => registerUser(i % 3 ? 'zqe' : 'yak', more)),
    )
    const found: string[] = []
    for (let cursor = ''; ; ) {
      const { body } = await (people[0] as (typeof people)[0]).get(
        `/v1/users?search=zq&limit=1${cursor && `&cursor=${cursor}`}`,
      )
      found.push(...body.items.map(({ id }: { id: string }) => id))
      if (body.nextCursor === null) break
      cursor = body.nextCursor
    }
    expect(found.toSorted()).toEqual(people.map(({ id }) => id).sort())
  })

  it('never finds by e-mail, nor the deleted', async () => {
    const kit = await registerUser('kit', {
      email: 'secretive@example.com',
      displayName: 'Kittiwake',
    })
    const gus = await registerUser('gus')
    expect((await gus.get('/v1/users?search=secretive')).body.items).toEqual([])
    await kit.delete('/v1/me')
    expect((await gus.get('/v1/users?search=kittiw')).body.items).toEqual([])
  })

  it('refuses a cursor that is not its own, and a missing search', async () => {
    const gus = await registerUser('gus')
    expect((await gus.get('/v1/users?search=a&cursor=nonsense')).body.code).toBe('invalid')
    expect((await gus.get('/v1/users')).body.code).toBe('invalid')
  })
})

describe('a username that was given up', () => {
  const rename = (user: { patch: User['patch'] }, username: string) =>
    user.patch('/v1/me', { username })

  it('is one of five that a user holds at a time', async () => {
    const ana = await registerUser('ana')
    for (let i = 0; i < 5; i += 1) {
      expect((await rename(ana, `${ana.username}${i + 2}`)).status).toBe(200)
    }
    expect((await rename(ana, `${ana.username}x`)).body.code).toBe('too_many')
  })

  // Last in this file, because what waits for the clock here waits for a month.
  it('is held for its former owner for 30 days', async () => {
    const [ana, bo] = [await registerUser('ana'), await registerUser('bo')]
    const clock = stopClock()
    expect((await rename(ana, `${ana.username}x`)).status).toBe(200)
    expect((await rename(bo, ana.username)).body.code).toBe('username_taken')
    const late = await signUp({ username: ana.username, password: PASSWORD })
    expect(late.body.code).toBe('username_taken')
    expect((await rename(ana, ana.username)).status).toBe(200)
    expect((await rename(ana, `${ana.username}y`)).status).toBe(200)
    clock.advance(30 * 86_400_000 + 1)
    const free = await signUp({ username: ana.username, password: PASSWORD })
    expect(free.status).toBe(201)
  })
})
