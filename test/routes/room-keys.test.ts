import { runDurableObjectAlarm } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, it } from 'vitest'
import { open } from '../../src/directory/database'
import * as roomKeys from '../../src/directory/room-keys'
import { stopClock } from '../fixtures/clock'
import { roomStub } from '../fixtures/rooms'
import { createGuest, createUser, createUsers, type User } from '../fixtures/users'

const newKey = () => `order:${crypto.randomUUID()}`
const directory = () => open(env.DB)
const make = (user: User, key: string, more: object = {}) =>
  user.post('/v1/rooms', { key, ...more })
const byKey = (user: User, key: string) => user.get(`/v1/rooms/by-key/${key}`)
const keysOf = (roomId: string) =>
  env.DB.prepare('select key from room_keys where room_id = ?').bind(roomId).all()

it('the first call makes the room of a key, and later ones find it as it is', async () => {
  const [ana, bo] = await createUsers('Ana', 'Bo')
  const key = newKey()
  const made = await make(ana, key, { name: 'Order', access: 'open' })
  expect(made.status).toBe(201)
  expect(made.body).toMatchObject({ key, name: 'Order', me: { role: 'owner' } })
  expect(made.headers.get('Location')).toBe(`/v1/rooms/${made.body.id}`)
  const found = await make(bo, key, { name: 'Another', access: 'closed', password: 'low tide' })
  expect(found.status).toBe(200)
  expect(found.body).toMatchObject({ id: made.body.id, name: 'Order', access: 'open', me: null })
  expect((await byKey(bo, key)).body).toEqual(found.body)
  expect((await make(ana, key)).body.me.role).toBe('owner')
  const { body: mine } = await ana.get('/v1/me/rooms')
  expect(mine.items.map((room: { key: string }) => room.key)).toEqual([key])
  expect((await ana.post('/v1/rooms', {})).body.key).toBeNull()
})

it('fifty calls at once make one room', async () => {
  const people = await Promise.all(Array.from({ length: 10 }, (_, i) => createUser(`U${i}`)))
  const key = newKey()
  const replies = await Promise.all(
    Array.from({ length: 50 }, (_, i) => make(people[i % 10] as User, key)),
  )
  expect(replies.map(({ status }) => status).toSorted()).toEqual([
    ...Array.from({ length: 49 }, () => 200),
    201,
  ])
  expect(new Set(replies.map(({ body }) => body.id)).size).toBe(1)
  const [made] = replies.filter(({ status }) => status === 201)
  expect(made?.body.memberCount).toBe(1)
})

it('a key that was claimed by a call that broke off is finished by the next', async () => {
  const [ana, bo] = await createUsers('Ana', 'Bo')
  const key = newKey()
  const claimed = await roomKeys.claim(directory(), key)
  expect((await byKey(ana, key)).body.code).toBe('not_found')
  const made = await make(bo, key, { name: 'At last' })
  expect([made.status, made.body.id, made.body.name]).toEqual([201, claimed, 'At last'])
})

it('the key of a deleted room is free at once, and when all of the room is gone', async () => {
  const [ana, bo] = await createUsers('Ana', 'Bo')
  const key = newKey()
  const { body: first } = await make(ana, key)
  await ana.delete(`/v1/rooms/${first.id}`)
  expect((await byKey(ana, key)).status).toBe(404)
  const replies = await Promise.all(
    Array.from({ length: 10 }, (_, i) => make(i % 2 ? ana : bo, key)),
  )
  const ids = new Set(replies.map(({ body }) => body.id))
  expect([ids.size, ids.has(first.id)]).toEqual([1, false])
  expect(replies.filter(({ status }) => status === 201)).toHaveLength(1)
  // The purge of the first takes nothing from the second.
  const clock = stopClock()
  for (let runs = 0; runs < 3; runs += 1) {
    clock.advance(61_000)
    await runDurableObjectAlarm(roomStub(first.id))
  }
  expect((await byKey(bo, key)).body.id).toBe([...ids][0])
  expect((await keysOf(first.id)).results).toEqual([])
})

it('a room that is deleted gives its key up long before its id could be made anew', async () => {
  const ana = await createUser('Ana')
  const key = newKey()
  const { body: room } = await make(ana, key)
  const clock = stopClock()
  await ana.delete(`/v1/rooms/${room.id}`)
  clock.advance(1000)
  await runDurableObjectAlarm(roomStub(room.id))
  expect((await keysOf(room.id)).results).toEqual([])
  expect(await roomStub(room.id).findByKey({ userId: ana.id })).toEqual({
    ok: true,
    value: { state: 'deleted' },
  })
})

it('of a closed room that is not listed, a key tells a stranger and someone banned the same', async () => {
  const [ana, bo, cy, di] = await createUsers('Ana', 'Bo', 'Cy', 'Di')
  await env.DB.prepare(`update users set add_policy = 'everyone' where id = ?`).bind(bo.id).run()
  const key = newKey()
  const { body: room } = await make(ana, key, { access: 'closed', name: 'Secret' })
  const path = `/v1/rooms/${room.id}`
  await ana.put(`${path}/members/${bo.id}`)
  await ana.put(`${path}/bans/${cy.id}`, {})
  const shown = async (user: User, of: string) =>
    [await byKey(user, of), await make(user, of)].map(({ status, body }) => {
      const { requestId: _, ...told } = body
      return [status, told]
    })
  const stranger = await shown(di, key)
  expect(stranger).toMatchObject([
    [404, { code: 'not_found' }],
    [409, { code: 'conflict' }],
  ])
  expect(JSON.stringify(stranger)).not.toContain(room.id)
  expect(await shown(cy, key)).toEqual(stranger)
  const { body: nowhere } = await byKey(di, newKey())
  expect(stranger[0]).toMatchObject([404, { detail: nowhere.detail }])
  expect((await byKey(bo, key)).body.id).toBe(room.id)
  expect((await make(bo, key)).body).toMatchObject({ id: room.id, me: { role: 'member' } })
  // Anyone can find an open room, so who is banned there is told so, as at its id.
  await ana.patch(path, { access: 'open' })
  expect(await shown(cy, key)).toMatchObject([
    [403, { code: 'banned' }],
    [403, { code: 'banned' }],
  ])
})

it('who may make no room claims no key', async () => {
  const ana = await createUser('Ana')
  await env.DB.prepare('update users set suspended_until = ? where id = ?')
    .bind(Date.now() + 3_600_000, ana.id)
    .run()
  const key = newKey()
  expect((await make(ana, key)).body.code).toBe('suspended')
  expect(await roomKeys.find(directory(), key)).toBeUndefined()
})

it('a directory that lost the key gets it back from the room', async () => {
  const ana = await createUser('Ana')
  const key = newKey()
  const { body: room } = await make(ana, key)
  const restored = ['room_keys where room_id', 'memberships where room_id', 'rooms where id']
  await env.DB.batch(
    restored.map((rows) => env.DB.prepare(`delete from ${rows} = ?`).bind(room.id)),
  )
  await env.DB.prepare(
    `insert into rooms (id, version, kind, access, listed, receipts, has_password, slow_mode_seconds, frozen, plain_files,
      created_at, seq, n, member_count, last_message_at) values (?, 0, 'channel', 'open', 1, 'public', 0, 0, 0, 0, 5, 1, 0, 1, 1)`,
  )
    .bind(room.id)
    .run()
  await ana.patch(`/v1/rooms/${room.id}`, { topic: 'Tides' })
  await roomStub(room.id).syncDirectory(ana.id, Number.MAX_SAFE_INTEGER)
  await expect.poll(() => roomKeys.find(directory(), key)).toBe(room.id)
  expect((await make(ana, key)).status).toBe(200)
})

it('keys are held to their alphabet, and words of other paths are keys like others', async () => {
  const ana = await createUser('Ana')
  for (const key of ['', ' ', '.hidden', 'a/b', 'ä', 'x'.repeat(129)]) {
    expect([key, (await make(ana, key)).status]).toEqual([key, 400])
  }
  const suffix = crypto.randomUUID()
  for (const key of [`A.b_C:d-${suffix}`, `${suffix}${'x'.repeat(128 - suffix.length)}`]) {
    const { body } = await make(ana, key)
    expect((await byKey(ana, key)).body.id).toBe(body.id)
  }
  for (const key of ['members', 'messages', 'socket', 'uploads', 'events', 'media', 'avatar']) {
    const { status, body } = await make(ana, key)
    expect([key, status]).toEqual([key, 201])
    expect((await byKey(ana, key)).body.id).toBe(body.id)
    await ana.delete(`/v1/rooms/${body.id}`)
  }
})

it('a default room is there for a guest, however many look at once, and nobody owns it', async () => {
  const guests = await Promise.all(Array.from({ length: 10 }, (_, i) => createGuest(`G${i}`)))
  const ask = (guest: User, i: number) =>
    i % 2 ? byKey(guest, 'lobby') : make(guest, 'lobby', { access: 'closed', name: 'Mine' })
  const replies = await Promise.all(guests.map(ask))
  expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 200))
  expect(new Set(replies.map(({ body }) => body.id)).size).toBe(1)
  const { id } = replies[0]?.body ?? {}
  expect(replies[0]?.body).toMatchObject({
    ...{ key: 'lobby', name: 'lobby', access: 'open', listed: true, memberCount: 0, me: null },
  })
  const [guest] = guests as [User]
  expect((await guest.post(`/v1/rooms/${id}/messages`, { nonce: 'n', text: 'hello' })).status).toBe(
    201,
  )
  const { body } = await guest.get(`/v1/rooms/${id}/members`)
  expect(body.items.map(({ role }: { role: string }) => role)).toEqual(['member'])
  expect((await guest.patch(`/v1/rooms/${id}`, { name: 'Mine' })).body.code).toBe('forbidden')
  expect((await make(guest, newKey())).body.code).toBe('registration_required')
})

it('a default room that staff delete is made anew, until its key is taken out of the variable', async () => {
  const [ana, mo] = await createUsers('Ana', 'Mo')
  const { body: room } = await byKey(ana, 'lobby')
  await env.DB.prepare(`update users set role = 'admin' where id = ?`).bind(mo.id).run()
  const { status } = await mo.delete(`/v1/rooms/${room.id}`)
  expect(status).toBe(204)
  const { body: next } = await byKey(ana, 'lobby')
  expect(next.id).not.toBe(room.id)
})
