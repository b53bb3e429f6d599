import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { call } from '../fixtures/api'
import { createAppKey } from '../fixtures/app-keys'
import { stopClock } from '../fixtures/clock'
import { spyOnD1 } from '../fixtures/d1-spy'
import { newMessage } from '../fixtures/rooms'
import { createUser, setSiteRole, signedIn, type User } from '../fixtures/users'

const ALL = ['users.mint', 'rooms.write', 'messages.write', 'moderation', 'read'] as const

async function createAdmin(): Promise<User> {
  const ada = await createUser('Ada')
  await setSiteRole(ada, 'admin')
  return ada
}

const make = async (ada: User, scopes: readonly string[] = ALL) =>
  ada.post('/v1/app-keys', { name: 'Shop', scopes })

/** What a back end does with its key. */
const backEnd = (secret: string) => ({
  mint: (subject: string, name?: string) =>
    call('POST', '/v1/app/sessions', { token: secret, body: { subject, ...(name && { name }) } }),
  act: (subject: string, method: string, path: string, body?: unknown) =>
    call(method, path, {
      token: secret,
      headers: { 'On-Behalf-Of': encodeURIComponent(subject) },
      ...(body !== undefined && { body }),
    }),
})

let subjects = 0
const newSubject = () => {
  subjects += 1
  return `Kundin Nr. ${subjects} ${crypto.randomUUID()} ü`
}

describe('a key', () => {
  afterEach(() => void vi.restoreAllMocks())

  it('is made by an admin, shown once, stored as a hash, listed without its secret, and in the audit', async () => {
    const ada = await createAdmin()
    const { status, body, headers } = await make(ada, ['read'])
    expect(status).toBe(201)
    expect(body.secret).toMatch(/^ck_[\w-]{22}$/)
    expect(headers.get('Location')).toBe(`/v1/app-keys/${body.appKey.id}`)
    expect(headers.get('Cache-Control')).toContain('no-store')
    const { results } = await env.DB.prepare('select * from app_keys').all()
    expect(JSON.stringify(results)).not.toContain(body.secret)
    const list = await ada.get('/v1/app-keys')
    expect(list.body.items[0]).toEqual(body.appKey)
    expect(JSON.stringify(list.body)).not.toContain('ck_')
    await ada.delete(`/v1/app-keys/${body.appKey.id}`)
    const { body: audit } = await ada.get('/v1/site-audit?limit=2')
    expect(audit.items).toMatchObject([
      { action: 'revokeAppKey', actorId: ada.id, detail: { keyId: body.appKey.id } },
      { action: 'createAppKey', actorId: ada.id, detail: { keyId: body.appKey.id } },
    ])
  })

  it('takes a proof to make and to rotate, but none to revoke', async () => {
    const ada = await createAdmin()
    const { appKey } = (await make(ada)).body
    await env.DB.prepare('update sessions set proven_at = 0 where user_id = ?').bind(ada.id).run()
    const rotate = () => ada.post(`/v1/app-keys/${appKey.id}/successors`, {})
    expect((await make(ada)).body.code).toBe('proof_required')
    expect((await rotate()).body.code).toBe('proof_required')
    expect((await ada.delete(`/v1/app-keys/${appKey.id}`)).status).toBe(204)
  })

  it('is good beside its successor until the overlap ends, and not after it was revoked', async () => {
    const clock = stopClock()
    const ada = await createAdmin()
    const { body: old } = await make(ada, ['users.mint'])
    const rotated = await ada.post(`/v1/app-keys/${old.appKey.id}/successors`, {
      overlapSeconds: 60,
    })
    expect(rotated.body.appKey).toMatchObject({ name: 'Shop', scopes: ['users.mint'] })
    const statusOf = async (secret: string) => (await backEnd(secret).mint(newSubject())).status
    expect([await statusOf(old.secret), await statusOf(rotated.body.secret)]).toEqual([201, 201])
    clock.advance(61_000)
    expect([await statusOf(old.secret), await statusOf(rotated.body.secret)]).toEqual([401, 201])
    const late = await ada.post(`/v1/app-keys/${old.appKey.id}/successors`, {})
    expect(late.status).toBe(404)
    await ada.delete(`/v1/app-keys/${rotated.body.appKey.id}`)
    expect(await statusOf(rotated.body.secret)).toBe(401)
    expect((await ada.delete('/v1/app-keys/nobody')).status).toBe(404)
  })

  it.each(['ck_', 'ck_x', `ck_${'A'.repeat(22)}`, 'CK_x'])('is not %s', async (secret) => {
    expect((await backEnd(secret).mint(newSubject())).status).toBe(401)
  })

  it('that is none is looked up for one network only so often, and good ones elsewhere go on', async () => {
    stopClock(Date.now())
    const good = backEnd(await createAppKey())
    const from = (address: string) => ({ 'CF-Connecting-IP': address })
    const guess = async () =>
      call('POST', '/v1/app/sessions', {
        token: `ck_${crypto.randomUUID()}`,
        headers: from('203.0.113.77'),
        body: { subject: 'a' },
      })
    const statuses: number[] = []
    while (statuses.at(-1) !== 429 && statuses.length < 1000) statuses.push((await guess()).status)
    expect(new Set(statuses)).toEqual(new Set([401, 429]))
    const d1 = spyOnD1()
    const { headers } = await guess()
    d1.restore()
    expect(Number(headers.get('Retry-After'))).toBeGreaterThan(0)
    expect(d1.statements).toEqual([])
    expect((await good.mint(newSubject())).status).toBe(201)
  })

  it('is in no log, nor are the sessions that it makes', async () => {
    const seen: string[] = []
    for (const level of ['debug', 'log', 'info', 'warn', 'error'] as const) {
      vi.spyOn(console, level).mockImplementation(
        (...words) => void seen.push(JSON.stringify(words)),
      )
    }
    const { body } = await make(await createAdmin())
    const subject = newSubject()
    const shop = backEnd(body.secret)
    await shop.mint(subject)
    await shop.act(subject, 'POST', '/v1/rooms', { name: 'Pier' })
    await shop.act(newSubject(), 'POST', '/v1/rooms', { name: 'Pier' })
    expect(seen.length).toBeGreaterThan(3)
    expect(seen.join('\n')).not.toMatch(/ck_|eyJ/)
  })
})

describe('a back end', () => {
  it('opens sessions of its users by its own ids of them, and one user for each', async () => {
    const shop = backEnd(await createAppKey())
    const subject = newSubject()
    const replies = await Promise.all(
      Array.from({ length: 20 }, () => shop.mint(subject, 'Ana López')),
    )
    expect(new Set(replies.map(({ body }) => body.me.id)).size).toBe(1)
    const ana = signedIn(replies[0] as never)
    expect((await ana.get('/v1/me')).body).toMatchObject({ displayName: 'Ana López', guest: false })
  })

  it('makes a closed room by a key, adds members and posts, on behalf of them', async () => {
    const shop = backEnd(await createAppKey())
    const [seller, buyer] = [newSubject(), newSubject()]
    await shop.mint(seller, 'Seller')
    const { me } = (await shop.mint(buyer, 'Buyer')).body
    const settings = {
      name: 'Order 4711',
      key: `order-${crypto.randomUUID()}`,
      access: 'closed',
      listed: false,
    }
    const room = await shop.act(seller, 'POST', '/v1/rooms', settings)
    expect(room.status).toBe(201)
    expect((await shop.act(seller, 'POST', '/v1/rooms', settings)).status).toBe(200)
    const path = `/v1/rooms/${room.body.id}`
    const added = await shop.act(seller, 'PUT', `${path}/members/${me.id}`)
    expect(added.body).toMatchObject({ role: 'member', user: { displayName: 'Buyer' } })
    const posted = await shop.act(buyer, 'POST', `${path}/messages`, newMessage('Where is it?'))
    expect(posted.body.author.id).toBe(me.id)
    const page = await shop.act(seller, 'GET', `${path}/messages`)
    expect(page.body.items[0].text).toBe('Where is it?')
    const stranger = await createUser('Sue')
    const refused = await shop.act(seller, 'PUT', `${path}/members/${stranger.id}`)
    expect(refused.body.code).toBe('not_connected')
  })

  it.each(ALL)('with the scope %s alone does what that is for', async (scope) => {
    const subject = newSubject()
    await backEnd(await createAppKey()).mint(subject)
    const full = backEnd(await createAppKey())
    const { body: room } = await full.act(subject, 'POST', '/v1/rooms', { name: 'Pier' })
    const path = `/v1/rooms/${room.id}`
    const { body: message } = await full.act(subject, 'POST', `${path}/messages`, newMessage('hi'))
    const one = backEnd(await createAppKey([scope]))
    const replies = {
      'users.mint': await one.mint(subject),
      'rooms.write': await one.act(subject, 'PATCH', path, { topic: 'Tides' }),
      'messages.write': await one.act(subject, 'POST', `${path}/messages`, newMessage('hi')),
      read: await one.act(subject, 'GET', path),
      moderation: await one.act(subject, 'DELETE', `${path}/messages/${message.seq}`),
    }
    const allowed = Object.entries(replies).filter(([, { status }]) => status < 300)
    expect(allowed.map(([name]) => name)).toEqual([scope])
    const refused = Object.entries(replies).filter(([name]) => name !== scope)
    expect(refused.map(([, { body }]) => body.code)).toEqual(Array(4).fill('forbidden'))
  })

  it('acts for nobody who registered, for no site staff and for nobody unknown', async () => {
    const shop = backEnd(await createAppKey())
    const ana = await createUser('Ana')
    const unknown = [ana.id, ana.username, '', '%', newSubject(), 'x'.repeat(300)]
    for (const subject of unknown) {
      const { body } = await shop.act(subject, 'POST', '/v1/rooms', { name: 'Pier' })
      expect(body.code).toBe('invalid')
    }
    const subject = newSubject()
    const { me } = (await shop.mint(subject)).body
    const ada = await createAdmin()
    const promoted = await ada.put(`/v1/users/${me.id}/role`, { role: 'moderator' })
    expect(promoted.body.code).toBe('conflict')
    await setSiteRole(me, 'admin')
    expect((await shop.mint(subject)).body.code).toBe('forbidden')
    expect((await shop.act(subject, 'POST', '/v1/rooms', { name: 'Pier' })).body.code).toBe(
      'forbidden',
    )
  })

  it('may do for a user what the user may, and no more', async () => {
    const shop = backEnd(await createAppKey())
    const subject = newSubject()
    await shop.mint(subject)
    const ana = await createUser('Ana')
    const { body: room } = await ana.post('/v1/rooms', {
      name: 'Private',
      access: 'closed',
      listed: false,
    })
    const path = `/v1/rooms/${room.id}`
    for (const [method, place, body] of [
      ['GET', path],
      ['GET', `${path}/messages`],
      ['POST', `${path}/messages`, newMessage('hi')],
      ['PATCH', path, { topic: 'Tides' }],
    ] as const) {
      expect((await shop.act(subject, method, place, body)).status).toBe(404)
    }
    for (const place of [
      '/v1/me',
      '/v1/sessions',
      '/v1/app-keys',
      '/v1/me/rooms',
      '/v1/users?search=a',
    ]) {
      expect((await shop.act(subject, 'GET', place)).status).toBe(401)
    }
  })
})
