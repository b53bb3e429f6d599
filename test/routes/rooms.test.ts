import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, it } from 'vitest'
import { open } from '../../src/directory/database'
import * as roomList from '../../src/directory/room-list'
import { newId } from '../../src/ids'
import { RoomsQuery } from '../../src/schemas/rooms'
import { stopClock } from '../fixtures/clock'
import { uploadPicture } from '../fixtures/media'
import { newMessage } from '../fixtures/rooms'
import { createScenario } from '../fixtures/scenario'
import { createUser } from '../fixtures/users'

it('a room is created with its owner in it', async () => {
  const ana = await createUser('Ana')
  const made = await ana.post('/v1/rooms', { name: 'Harbour', topic: 'Tides' })
  expect(made.status).toBe(201)
  expect(made.headers.get('Location')).toBe(`/v1/rooms/${made.body.id}`)
  expect(made.body).toMatchObject({
    name: 'Harbour',
    topic: 'Tides',
    access: 'open',
    listed: true,
    seq: 1,
    n: 0,
    memberCount: 1,
    lastMessage: null,
    me: { role: 'owner', unread: 0, sentCount: 0 },
  })
  expect((await ana.get(`/v1/rooms/${made.body.id}`)).body).toEqual(made.body)
})

it('only an owner changes the settings; the same again changes nothing', async () => {
  const { ana, bo, path } = await createScenario()
  expect((await bo.patch(path, { name: 'Mine' })).body.code).toBe('forbidden')
  const changed = await ana.patch(path, { name: 'Pier', topic: 'Boats' })
  expect(changed.body).toMatchObject({ name: 'Pier', topic: 'Boats' })
  expect((await ana.patch(path, { name: 'Pier' })).body.seq).toBe(changed.body.seq)
  expect((await ana.patch(path, { topic: null })).body).toMatchObject({ name: 'Pier', topic: null })
})

it('joining and leaving are states: repeating them is harmless', async () => {
  const { ana, cy, path } = await createScenario()
  const joined = await cy.put(`${path}/members/@me`)
  expect(joined.body.me.role).toBe('member')
  expect((await cy.put(`${path}/members/@me`)).body.seq).toBe(joined.body.seq)
  expect((await cy.delete(`${path}/members/@me`)).status).toBe(204)
  expect((await cy.delete(`${path}/members/@me`)).status).toBe(204)
  expect((await ana.get(path)).body).toMatchObject({ memberCount: 2, seq: joined.body.seq + 1 })
  expect((await cy.get(path)).body.me).toBeNull()
})

it('the last owner cannot leave', async () => {
  const { ana, path } = await createScenario()
  const refused = await ana.delete(`${path}/members/@me`)
  expect([refused.status, refused.body.code]).toEqual([409, 'last_owner'])
})

it('members are listed in the order they joined, page by page', async () => {
  const { ana, bo, cy, path } = await createScenario()
  await cy.put(`${path}/members/@me`)
  const first = await ana.get(`${path}/members?limit=2`)
  expect(first.body.items.map((m: { user: { id: string } }) => m.user.id)).toEqual([ana.id, bo.id])
  const second = await ana.get(`${path}/members?limit=2&cursor=${first.body.nextCursor}`)
  expect(second.body.items.map((m: { user: { id: string } }) => m.user.id)).toEqual([cy.id])
  expect(second.body.nextCursor).toBeNull()
  expect((await ana.get(`${path}/members?cursor=bogus`)).body.code).toBe('invalid')
})

it('a made-up room id answers 404 and leaves nothing behind', async () => {
  const ana = await createUser('Ana')
  const id = newId()
  expect((await ana.get(`/v1/rooms/${id}`)).body.code).toBe('not_found')
  expect((await ana.post(`/v1/rooms/${id}/messages`, newMessage('hi'))).status).toBe(404)
  const stub = env.ROOMS.get(env.ROOMS.idFromName(id))
  const tables = await runInDurableObject(stub, (_room, state) =>
    state.storage.sql.exec(`select name from sqlite_master where type = 'table'`).toArray(),
  )
  expect(tables.filter(({ name }) => !String(name).startsWith('_cf_'))).toEqual([])
})

it('listed rooms are discovered in every order, page by page; unlisted ones are not', async () => {
  const ana = await createUser('Ana')
  const quiet = (await ana.post('/v1/rooms', { name: 'Quiet' })).body
  const busy = (await ana.post('/v1/rooms', { name: 'Busy' })).body
  const hidden = (await ana.post('/v1/rooms', { name: 'Hidden', listed: false })).body
  for (const text of ['one', 'two'])
    await ana.post(`/v1/rooms/${busy.id}/messages`, newMessage(text))
  await ana.get(`/v1/me/rooms?seen=${busy.id}:3`)
  for (const sort of ['active', 'messages', 'members', 'new']) {
    const { body } = await ana.get(`/v1/rooms?sort=${sort}&limit=100`)
    const ids = body.items.map(({ id }: { id: string }) => id)
    expect(ids).toContain(quiet.id)
    expect(ids).not.toContain(hidden.id)
    expect(ids.indexOf(busy.id)).toBeLessThan(ids.indexOf(quiet.id))
  }
  const first = await ana.get('/v1/rooms?sort=new&limit=1')
  const second = await ana.get(`/v1/rooms?sort=new&limit=1&cursor=${first.body.nextCursor}`)
  expect(second.body.items[0].id).not.toBe(first.body.items[0].id)
})

it('my rooms come by latest message, by how much I wrote, and by name', async () => {
  const { ana, bo } = await createScenario()
  const clock = stopClock()
  const names = ['Alpha', 'Beta', 'Gamma']
  const made = []
  for (const name of names) made.push((await bo.post('/v1/rooms', { name })).body)
  const [alpha, beta, gamma] = made
  await bo.post(`/v1/rooms/${gamma.id}/messages`, newMessage('1'))
  await bo.post(`/v1/rooms/${gamma.id}/messages`, newMessage('2'))
  clock.advance(5)
  await bo.post(`/v1/rooms/${alpha.id}/messages`, newMessage('3'))
  clock.advance(5)
  await ana.post(`/v1/rooms/${beta.id}/messages`, newMessage('4'))
  for (const { id } of made) await bo.get(`/v1/me/rooms?seen=${id}:99`)
  const order = async (sort: string) =>
    (await bo.get(`/v1/me/rooms?sort=${sort}`)).body.items
      .map(({ name }: { name: string }) => name)
      .filter((name: string) => names.includes(name))
  expect(await order('recent')).toEqual(['Beta', 'Alpha', 'Gamma'])
  expect(await order('mine')).toEqual(['Gamma', 'Alpha', 'Beta'])
  expect(await order('name')).toEqual(['Alpha', 'Beta', 'Gamma'])
})

it('`seen` brings my own post into my list at once, with its preview and my counts', async () => {
  const { bo, room, path } = await createScenario()
  for (let i = 0; i < 3; i += 1) {
    const { body } = await bo.post(`${path}/messages`, newMessage(`message ${i}`))
    const mine = await bo.get(`/v1/me/rooms?seen=${room.id}:${body.seq}`)
    expect(mine.body.items[0]).toMatchObject({
      id: room.id,
      seq: body.seq,
      lastMessage: { preview: `message ${i}`, author: { id: bo.id } },
      me: { sentCount: i + 1, unread: 0, readSeq: body.seq },
    })
  }
})

it('the list of rooms says in which one is, and which take a password', async () => {
  const { ana, bo, cy, path } = await createScenario('Skipper talk')
  await ana.post('/v1/rooms', {
    name: 'Skipper vault',
    access: 'closed',
    listed: true,
    password: 'low tide',
  })
  const seen = async ({ get }: typeof bo) =>
    (await get('/v1/rooms?search=skipper')).body.items.map(
      (room: { name: string; joined: boolean; hasPassword: boolean }) => [
        room.name,
        room.joined,
        room.hasPassword,
      ],
    )
  expect(await seen(bo)).toEqual([
    ['Skipper talk', true, false],
    ['Skipper vault', false, true],
  ])
  expect(await seen(cy)).toEqual([
    ['Skipper talk', false, false],
    ['Skipper vault', false, true],
  ])
  await bo.delete(`${path}/members/@me`)
  expect((await seen(bo))[0]).toEqual(['Skipper talk', false, false])
})

it('the last message of a room says what is attached to it, in the room and in lists', async () => {
  const { bo, room, path } = await createScenario()
  const attachments = [await uploadPicture(bo, room.id), await uploadPicture(bo, room.id)]
  const { body } = await bo.post(`${path}/messages`, { nonce: 'pictures', attachments })
  const last = async () => {
    const list = await bo.get(`/v1/me/rooms?seen=${room.id}:${body.seq}`)
    return [(await bo.get(path)).body, list.body.items[0]].map(({ lastMessage }) => lastMessage)
  }
  const told = { seq: body.seq, preview: '', attachments: { kind: 'image', count: 2 } }
  expect(await last()).toMatchObject([told, told])
  await bo.post(`${path}/messages`, newMessage('no picture'))
  expect((await bo.get(path)).body.lastMessage.attachments).toBeNull()
  await bo.delete(`${path}/messages/${body.seq + 1}`)
  expect((await bo.get(path)).body.lastMessage).toMatchObject({ preview: null, attachments: null })
})

it('listed rooms are found by how their name begins, whatever the case and the accents', async () => {
  const ana = await createUser('Ana')
  for (const name of ['Zürich ost', 'zürich Nord', 'Zurich', 'Zug', '100% _x', '100 miles']) {
    await ana.post('/v1/rooms', { name })
  }
  const names = async (search: string, more = '') =>
    (await ana.get(`/v1/rooms?search=${encodeURIComponent(search)}${more}`)).body
  const found = await names('ZÜRICH')
  expect(found.items.map(({ name }: { name: string }) => name)).toEqual([
    'Zurich',
    'zürich Nord',
    'Zürich ost',
  ])
  const first = await names('zürich', '&limit=1')
  const second = await names('zürich', `&limit=1&cursor=${first.nextCursor}`)
  expect([first, second].map(({ items }) => items[0].name)).toEqual(['Zurich', 'zürich Nord'])
  expect((await names('100%')).items.map(({ name }: { name: string }) => name)).toEqual(['100% _x'])
  expect((await names('nothing like it')).items).toEqual([])
})

it('every list of rooms uses an index', async () => {
  const directory = open(env.DB)
  const plans: string[] = []
  for (const query of [
    ...['active', 'members', 'messages', 'new'].map((sort) => ({ sort })),
    { sort: 'active', search: 'harb' },
  ]) {
    const { sql: text, params } = roomList
      .select(directory, 'ana', RoomsQuery.parse(query), null)
      .toSQL()
    const { results } = await env.DB.prepare(`explain query plan ${text}`)
      .bind(...params)
      .all<{ detail: string }>()
    plans.push(...results.map(({ detail }) => detail))
  }
  const [own, listed] = [/SEARCH memberships/, /(SEARCH|SCAN) rooms/].map((of) =>
    plans.filter((plan) => of.test(plan)),
  )
  expect(own?.every((plan) => /\(user_id=\? AND room_id=\?\)/.test(plan))).toBe(true)
  expect(listed?.map((plan) => /INDEX (\w+)/.exec(plan)?.[1])).toEqual([
    'rooms_by_activity',
    'rooms_by_members',
    'rooms_by_messages',
    'rooms_by_age',
    'rooms_by_name',
  ])
})

it('one is in a thousand rooms at most', async () => {
  const { cy, path } = await createScenario()
  const rows = JSON.stringify(Array.from({ length: 1000 }, (_, i) => `room ${i}`))
  await env.DB.prepare(
    `insert into rooms (id, version, kind, access, listed, receipts, has_password,
      slow_mode_seconds, frozen, plain_files, created_at, seq, n, member_count, last_message_at)
    select value, 1, 'channel', 'open', 0, 'public', 0, 0, 0, 0, 0, 1, 0, 1, 0 from json_each(?)`,
  )
    .bind(rows)
    .run()
  await env.DB.prepare(
    `insert into memberships (user_id, room_id, version, role, joined_at, read_seq, read_n,
      sent_count, visited_at)
    select ?, value, 1, 'member', 0, 0, 0, 0, 0 from json_each(?)`,
  )
    .bind(cy.id, rows)
    .run()
  const refused = await cy.put(`${path}/members/@me`)
  expect([refused.status, refused.body.code]).toEqual([409, 'too_many'])
  expect((await cy.post('/v1/rooms', {})).body.code).toBe('too_many')
})
