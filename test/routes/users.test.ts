import { describe, expect, it } from 'vitest'
import { call } from '../fixtures/api'
import { clientAddress, logIn, PASSWORD, registerUser } from '../fixtures/users'

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

  it('does not tell whether another account has an address: it is claimed, and whoever had it first logs in by it', async () => {
    const first = await signUp({ email: 'dee@example.com', password: PASSWORD })
    const second = await signUp({ email: 'Dee@Example.com', password: `${PASSWORD} too` })
    expect([first.status, second.status]).toEqual([201, 201])
    expect(second.body.me.email).toBe(first.body.me.email)
    expect(Object.keys(second.body.me)).toEqual(Object.keys(first.body.me))
    const byFirst = await logIn({ email: 'dee@example.com', password: PASSWORD })
    expect(byFirst.body.me.id).toBe(first.body.me.id)
    const bySecond = await logIn({ email: 'dee@example.com', password: `${PASSWORD} too` })
    expect(bySecond.body.code).toBe('wrong_password')
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
    expect(body).toEqual({ id: hal.id, displayName: 'deleted user', ...gone })
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
