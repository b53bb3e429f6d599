import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, it } from 'vitest'
import { call } from '../fixtures/api'
import { stopClock } from '../fixtures/clock'
import { createRoom, newMessage } from '../fixtures/rooms'
import { createScenario } from '../fixtures/scenario'
import { connect } from '../fixtures/socket'
import { spyOnSql } from '../fixtures/sql-spy'
import { createUser, type User } from '../fixtures/users'

/** Whatever JSON can say, and names that programs have stumbled over. */
const ODD = {
  text: 'é\u0000\ud83d\ude00 "quoted" \\ \ud800',
  numbers: [0, -1.5, 1e300, 0.1],
  nothing: null,
  constructor: { prototype: { isAdmin: true } },
  toString: false,
  hasOwnProperty: [],
  '': {},
}
const mergePatch = (user: User, path: string, body: unknown) =>
  call('PATCH', path, {
    token: user.token,
    body: JSON.stringify(body),
    headers: { 'Content-Type': 'application/merge-patch+json' },
  })

it('a message keeps its metadata as sent, wherever it is shown', async () => {
  const { ana, bo, room, path, seq } = await createScenario()
  const socket = await connect(ana.token, room.id)
  const posted = await bo.post(`${path}/messages`, { ...newMessage('hi'), metadata: ODD })
  expect([posted.status, posted.body.metadata]).toEqual([201, ODD])
  const at = seq + 1
  expect(await socket.event(at)).toMatchObject({ message: { metadata: ODD } })
  const { body: page } = await ana.get(`${path}/messages`)
  const { body: log } = await ana.get(`${path}/events?after=${seq}`)
  const { body: one } = await ana.get(`${path}/messages/${at}`)
  const late = await connect(ana.token, room.id, { after: seq })
  const replayed = (await late.event(at)) as { message: { metadata: unknown } }
  const shown = [page.items[0], log.items[0].message, one, replayed.message]
  for (const { metadata } of shown) expect(metadata).toEqual(ODD)
  expect((await ana.get(`${path}/search?q=isAdmin`)).body.items ?? []).toEqual([])
  const plain = await ana.post(`${path}/messages`, newMessage('plain'))
  expect(plain.body.metadata).toEqual({})
})

it('an edit replaces metadata whole, or merges them, and says so in an event; the same again is no event', async () => {
  const { bo, ana, room, path, seq } = await createScenario()
  const socket = await connect(ana.token, room.id)
  await bo.post(`${path}/messages`, { ...newMessage('hi'), metadata: { a: 1, b: { c: 2, d: 3 } } })
  const at = `${path}/messages/${seq + 1}`
  const merged = await mergePatch(bo, at, { metadata: { a: null, b: { c: 4 }, e: [null] } })
  const after = { b: { c: 4, d: 3 }, e: [null] }
  expect(merged.body).toMatchObject({ text: 'hi', editedAt: null, metadata: after })
  expect(await socket.event(seq + 2)).toMatchObject({
    type: 'message.edited',
    message: { metadata: after },
  })
  await mergePatch(bo, at, { metadata: { a: null } })
  const replaced = await bo.patch(at, { metadata: { a: null } })
  expect(replaced.body.metadata).toEqual({ a: null })
  const both = await bo.patch(at, { text: 'hello', metadata: null })
  expect(both.body).toMatchObject({ text: 'hello', metadata: {} })
  expect((await ana.get(path)).body.seq).toBe(seq + 4)
  expect((await ana.get(`${at}/versions`)).body.items).toMatchObject([{ text: 'hi' }])
  expect((await ana.patch(at, { metadata: {} })).status).toBe(403)
  expect((await bo.patch(at, {})).status).toBe(400)
})

it('a socket and a batch post and edit with metadata', async () => {
  const { bo, room, path, seq } = await createScenario()
  const socket = await connect(bo.token, room.id)
  const metadata = { a: { b: 1 } }
  socket.send({ do: 'message.post', ref: 1, ...newMessage('hi'), metadata })
  await socket.answer(1)
  socket.send({ do: 'message.edit', ref: 2, seq: seq + 1, metadata: { a: { c: 2 } } })
  await socket.answer(2)
  expect((await bo.get(`${path}/messages/${seq + 1}`)).body.metadata).toEqual({ a: { c: 2 } })
  socket.send({ do: 'message.edit', ref: 3, seq: seq + 1 })
  expect(await socket.answer(3)).toMatchObject({ problem: { code: 'invalid' } })
  const { status } = await bo.post(`${path}/batch`, {
    steps: [
      { do: 'message.post', ...newMessage('one'), metadata },
      { do: 'message.edit', of: 0, metadata: null },
    ],
  })
  expect(status).toBe(200)
  expect((await bo.get(`${path}/messages/${seq + 3}`)).body.metadata).toEqual({})
})

it('a plain message writes two rows, and so does one with metadata', async () => {
  const { bo, path, stub, seq } = await createScenario()
  stopClock()
  await bo.post(`${path}/messages`, newMessage('the first'))
  await stub.syncDirectory(bo.id, seq + 1)
  const sql = await spyOnSql(stub)
  await bo.post(`${path}/messages`, newMessage('plain'))
  const plain = sql.rowsWritten()
  await bo.post(`${path}/messages`, { ...newMessage('more'), metadata: ODD })
  sql.restore()
  expect([plain, sql.rowsWritten()]).toEqual([2, 2])
})

it('a deleted message, and one that was erased, leave nothing of their metadata', async () => {
  const { ana, bo, path, stub, seq } = await createScenario()
  const metadata = { word: 'zeppelin' }
  for (const text of ['one', 'two']) {
    await bo.post(`${path}/messages`, { ...newMessage(text), metadata })
  }
  await bo.delete(`${path}/messages/${seq + 1}`)
  expect((await ana.get(`${path}/messages/${seq + 1}`)).body.metadata).toEqual({})
  await ana.delete(
    `${path}/messages?authorId=${bo.id}&since=${encodeURIComponent(new Date(0).toISOString())}`,
  )
  expect((await ana.get(`${path}/messages/${seq + 2}`)).body).toMatchObject({
    text: null,
    metadata: {},
  })
  await runDurableObjectAlarm(stub)
  const rows = await runInDurableObject(stub, (_room, { storage: { sql } }) =>
    sql.exec('select metadata from messages where metadata is not null').toArray(),
  )
  expect(rows).toEqual([])
})

it('a room tells its metadata to those who read it, in events and lists, and to nobody else', async () => {
  const { ana, bo, cy, room, path } = await createScenario()
  const socket = await connect(bo.token, room.id)
  const { body } = await ana.patch(path, { metadata: ODD, listed: true })
  expect(body.metadata).toEqual(ODD)
  expect(await socket.event(body.seq)).toMatchObject({
    type: 'room.changed',
    room: { metadata: ODD },
  })
  const listedTo = async (user: User) => {
    const { body } = await user.get(`/v1/me/rooms?seen=${room.id}:1`)
    const { body: all } = await user.get('/v1/rooms?sort=new')
    return [...body.items, ...all.items].flatMap(({ id, metadata }) =>
      id === room.id ? [metadata] : [],
    )
  }
  expect(await listedTo(bo)).toEqual([ODD, ODD])
  expect(await listedTo(cy)).toEqual([ODD])
  const merged = await mergePatch(ana, path, { topic: 'Tides', metadata: { text: null } })
  const { text: _, ...rest } = ODD
  expect(merged.body).toMatchObject({ topic: 'Tides', metadata: rest })
  await mergePatch(ana, path, { metadata: { text: null } })
  expect((await ana.get(path)).body.seq).toBe(merged.body.seq)
  await ana.patch(path, { access: 'closed' })
  expect((await cy.get(path)).body.metadata).toEqual({})
  expect(await listedTo(cy)).toEqual([{}])
  expect((await bo.get(path)).body.metadata).toEqual(rest)
  expect((await bo.patch(path, { metadata: {} })).status).toBe(403)
})

it('a room is made with metadata, and a change of something else leaves them', async () => {
  const ana = await createUser('Ana')
  const { room, path } = await createRoom(ana, { metadata: { a: 1 } })
  expect(room.metadata).toEqual({ a: 1 })
  expect((await ana.patch(path, { name: 'Pier' })).body.metadata).toEqual({ a: 1 })
  expect((await ana.patch(path, { metadata: null })).body.metadata).toEqual({})
  const row = await env.DB.prepare('select metadata from rooms where id = ?').bind(room.id).first()
  expect(row).toEqual({ metadata: null })
})

it('a moderator clears the metadata of a member of a lower role, once, and of nobody above', async () => {
  const { ana, bo, room, path, seq } = await createScenario()
  await bo.patch(`${path}/members/@me`, { metadata: { status: 'rude' } })
  expect((await bo.patch(`${path}/members/${ana.id}`, { metadata: null })).status).toBe(403)
  const at = `${path}/members/${bo.id}`
  const cleared = { metadata: null, reason: 'A rude status.' }
  expect((await ana.patch(at, { metadata: { status: 'kind' } })).status).toBe(400)
  expect((await ana.patch(at, cleared)).body).toMatchObject({ metadata: {} })
  expect((await ana.patch(at, cleared)).status).toBe(200)
  const next = async (after: number) =>
    (await (await connect(ana.token, room.id, { after })).event(after + 1)) as unknown
  expect(await next(seq + 1)).toMatchObject({ type: 'member.changed', by: ana.id })
  const { body } = await ana.get(`${path}/audit`)
  expect(
    body.items.filter(({ action }: { action: string }) => action === 'member.changed'),
  ).toMatchObject([{ reason: 'A rude status.' }])
})

it('size, depth and names of metadata are held to the rules, also when merged', async () => {
  const { ana, bo, path, seq } = await createScenario()
  const nest = (depth: number): object => (depth === 1 ? { a: 1 } : { a: nest(depth - 1) })
  const refused = [
    1,
    'x',
    [],
    { a: 'é'.repeat(2045) },
    nest(9),
    JSON.parse('{"__proto__":{"isAdmin":true}}'),
    JSON.parse('{"a":[{"__proto__":1}]}'),
  ]
  for (const metadata of refused) {
    expect((await bo.post(`${path}/messages`, { ...newMessage('x'), metadata })).status).toBe(400)
    expect((await ana.patch(path, { metadata })).status).toBe(400)
    expect((await mergePatch(ana, path, { metadata })).status).toBe(400)
  }
  // JSON can say it, and it would be kept as null.
  const huge = await call('PATCH', path, { token: ana.token, body: '{"metadata":{"a":[1e400]}}' })
  expect([huge.status, huge.body.errors]).toEqual([
    400,
    [expect.objectContaining({ path: 'metadata' })],
  ])
  for (const metadata of [{ a: 'é'.repeat(2044) }, nest(8)]) {
    expect((await ana.patch(path, { metadata })).body.metadata).toEqual(metadata)
  }
  await ana.patch(path, { metadata: { a: 'x'.repeat(4000) } })
  const over = await mergePatch(ana, path, { metadata: { b: 'x'.repeat(100) } })
  expect(over).toMatchObject({ status: 400, body: { errors: [{ path: 'metadata' }] } })
  await bo.post(`${path}/messages`, { ...newMessage('x'), metadata: { a: 'x'.repeat(4000) } })
  const { body } = await bo.get(`${path}/messages`)
  expect(body.items[0].seq).toBeGreaterThan(seq)
  const at = `${path}/messages/${body.items[0].seq}`
  expect((await mergePatch(bo, at, { metadata: { b: 'x'.repeat(100) } })).status).toBe(400)
})

it('metadata count in the size of a replay', async () => {
  const { ana, bo, room, path, stub } = await createScenario()
  const { body } = await bo.post(`${path}/messages`, newMessage('x'))
  const big = JSON.stringify({ a: 'x'.repeat(4000) })
  await runInDurableObject(stub, (_room, { storage: { sql } }) => {
    for (let i = 0; i < 600; i += 1) {
      sql.exec(
        `insert into events (seq, type, at, by, audited) values (?, 'room.changed', 1, ?, 0)`,
        body.seq + 1 + i,
        ana.id,
      )
    }
    sql.exec('update room set metadata = ?', big)
  })
  await evictDurableObject(stub)
  const far = await connect(bo.token, room.id, { after: body.seq })
  expect(far.ready).toMatchObject({ resumed: 'limited' })
  const near = await connect(bo.token, room.id, { after: body.seq + 500 })
  expect(near.ready).toMatchObject({ resumed: true })
  await runInDurableObject(stub, (_room, { storage: { sql } }) => {
    sql.exec('update room set metadata = null')
    sql.exec('update members set metadata = ? where user_id = ?', big, bo.id)
    sql.exec(`update events set type = 'member.changed', user_id = ?, member_count = 2`, bo.id)
  })
  await evictDurableObject(stub)
  const again = await connect(bo.token, room.id, { after: body.seq })
  expect(again.ready).toMatchObject({ resumed: 'limited' })
})

it('a user keeps metadata, which whoever sees the profile sees and the author of a message has not', async () => {
  const { ana, bo, path } = await createScenario()
  expect((await ana.get('/v1/me')).body.metadata).toEqual({})
  expect((await ana.patch('/v1/me', { metadata: ODD })).body.metadata).toEqual(ODD)
  await bo.put(`/v1/me/following/${ana.id}`)
  const seen = await Promise.all([
    bo.get(`/v1/users/${ana.id}`),
    bo.get(`/v1/usernames/${ana.username}`),
    bo.get(`/v1/users?ids=${ana.id}`),
    bo.get(`/v1/users?search=${ana.username}`),
    bo.get('/v1/me/following'),
  ])
  const users = seen.map(({ body }) => body.items?.[0] ?? body)
  expect(users.map(({ user = {}, ...own }) => ({ ...own, ...user }).metadata)).toEqual(
    Array(5).fill(ODD),
  )
  const merged = await mergePatch(ana, '/v1/me', { bio: 'Tea.', metadata: { text: null, a: 1 } })
  const { text: _, ...rest } = ODD
  expect(merged.body).toMatchObject({ bio: 'Tea.', metadata: { ...rest, a: 1 } })
  expect((await ana.patch('/v1/me', { bio: null })).body.metadata).toEqual({ ...rest, a: 1 })
  const { body } = await ana.post(`${path}/messages`, newMessage('hi'))
  expect(Object.keys(body.author)).not.toContain('metadata')
  const large = { a: 'x'.repeat(4000) }
  expect((await mergePatch(ana, '/v1/me', { metadata: large })).status).toBe(400)
})

it('merges of one account at once lose nothing', async () => {
  const ana = await createUser('Ana')
  const names = ['a', 'b', 'c', 'd', 'e']
  await Promise.all(names.map((name) => mergePatch(ana, '/v1/me', { metadata: { [name]: 1 } })))
  expect((await ana.get('/v1/me')).body.metadata).toEqual({ a: 1, b: 1, c: 1, d: 1, e: 1 })
})

it('a deleted account has none, nowhere', async () => {
  const [ana, bo] = [await createUser('Ana'), await createUser('Bo')]
  await ana.patch('/v1/me', { metadata: ODD })
  expect((await ana.delete('/v1/me?now=true')).status).toBe(204)
  expect((await bo.get(`/v1/users/${ana.id}`)).body.metadata).toEqual({})
  const row = await env.DB.prepare('select metadata from users where id = ?').bind(ana.id).first()
  expect(row).toEqual({ metadata: null })
})

it('a member keeps metadata in a room, which everyone there sees and is told of, until they leave', async () => {
  const { ana, bo, room, path } = await createScenario()
  const socket = await connect(ana.token, room.id)
  const mine = `${path}/members/@me`
  const kept = await bo.patch(mine, { metadata: ODD, favourite: true })
  expect(kept.body).toMatchObject({ favourite: true, metadata: ODD })
  const { seq } = (await bo.get(path)).body
  const member = { user: { id: bo.id }, metadata: ODD }
  expect(await socket.event(seq)).toMatchObject({ type: 'member.changed', by: bo.id, member })
  const { body: list } = await ana.get(`${path}/members`)
  expect(list.items.map(({ metadata }: { metadata: unknown }) => metadata)).toEqual([{}, ODD])
  expect((await bo.get(path)).body.me.metadata).toEqual(ODD)
  expect((await connect(bo.token, room.id)).ready?.me?.metadata).toEqual(ODD)
  const { text: _, ...rest } = ODD
  expect((await mergePatch(bo, mine, { metadata: { text: null } })).body.metadata).toEqual(rest)
  await mergePatch(bo, mine, { metadata: { text: null } })
  await bo.patch(mine, { notify: 'none' })
  expect((await bo.get(path)).body).toMatchObject({ seq: seq + 1, me: { metadata: rest } })
  await bo.delete(mine)
  expect(await socket.event(seq + 2)).toMatchObject({ member: { metadata: {} } })
  await bo.put(mine)
  expect((await bo.get(path)).body.me.metadata).toEqual({})
})

it('who may not post says nothing by metadata, and still has preferences', async () => {
  const { ana, bo, cy, path } = await createScenario()
  const mine = `${path}/members/@me`
  const mutedUntil = new Date(Date.now() + 86_400_000).toISOString()
  await ana.patch(`${path}/members/${bo.id}`, { mutedUntil })
  const refused = await bo.patch(mine, { metadata: { a: 1 }, favourite: true })
  expect([refused.status, refused.body.code]).toEqual([403, 'muted'])
  expect((await bo.get(path)).body.me).toMatchObject({ favourite: false, metadata: {} })
  expect((await bo.patch(mine, { favourite: true })).status).toBe(200)
  expect((await cy.patch(mine, { metadata: { a: 1 } })).status).toBe(403)
  expect((await bo.patch(mine, {})).status).toBe(400)
})

it('what a deleted account said of itself in a room is gone', async () => {
  const { ana, bo, path, stub } = await createScenario()
  await bo.patch(`${path}/members/@me`, { metadata: ODD })
  const profile = { username: null, displayName: 'deleted user', avatar: null, version: 2 }
  const gone = { ...profile, id: bo.id, suspendedUntil: null, deleted: true, erased: false }
  await stub.applyProfile(gone)
  const rows = await runInDurableObject(stub, (_room, { storage: { sql } }) =>
    sql.exec('select user_id from members where metadata is not null').toArray(),
  )
  expect([rows, (await ana.get(path)).body.memberCount]).toEqual([[], 1])
})
