import { evictDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, it } from 'vitest'
import { open } from '../../src/directory/database'
import * as myRooms from '../../src/directory/my-rooms'
import { MyRoomsList, MyRoomsSort } from '../../src/schemas/my-rooms'
import { stopClock } from '../fixtures/clock'
import { befriend } from '../fixtures/relations'
import { createRoom, newMessage } from '../fixtures/rooms'
import { createScenario } from '../fixtures/scenario'
import { connect } from '../fixtures/socket'
import { createUser, type User } from '../fixtures/users'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const later = (ms: number) => new Date(Date.now() + ms).toISOString()
const untouched = { notify: 'mentions', snoozedUntil: null, favourite: false, archived: false }

/** The ids of the rooms of a list. */
async function listed(user: User, query: string): Promise<string[]> {
  const { body } = await user.get(`/v1/me/rooms?${query}`)
  return body.items.map(({ id }: { id: string }) => id)
}

const mine = async (user: User, roomId: string) => {
  const { body } = await user.get('/v1/me/rooms?list=all&limit=100')
  const archived = await user.get('/v1/me/rooms?list=archived&limit=100')
  return [...body.items, ...archived.body.items].find(({ id }) => id === roomId)?.me
}

it('a direct or closed room starts with every message, an open one with mentions, as it is now', async () => {
  const { ana, bo, path, room } = await createScenario()
  expect((await bo.get(path)).body.me).toMatchObject(untouched)
  const closed = await createRoom(ana, { access: 'closed' })
  expect(closed.room.me.notify).toBe('all')
  await befriend(ana, bo)
  const direct = await ana.post(`/v1/direct/${bo.id}`)
  expect(direct.body.me.notify).toBe('all')
  await ana.patch(path, { access: 'closed' })
  expect((await bo.get(path)).body.me.notify).toBe('all')
  expect(await mine(bo, room.id)).toMatchObject({ ...untouched, notify: 'all' })
})

it('preferences are answered as they hold, in the room, in lists and in `ready`, also after an eviction', async () => {
  const { bo, path, room, stub } = await createScenario()
  const at = `${path}/members/@me`
  const snoozedUntil = later(HOUR_MS)
  const chosen = { notify: 'none', snoozedUntil, favourite: true, archived: true }
  const metadata = {}
  expect((await bo.patch(at, chosen)).body).toEqual({ ...chosen, metadata })
  await evictDurableObject(stub)
  expect((await bo.get(path)).body.me).toMatchObject(chosen)
  expect(await mine(bo, room.id)).toMatchObject(chosen)
  expect((await connect(bo.token, room.id)).ready?.me).toMatchObject(chosen)
  const rest = { ...chosen, favourite: false, metadata }
  expect((await bo.patch(at, { favourite: false })).body).toEqual(rest)
  const back = { notify: 'mentions', snoozedUntil: null, archived: false }
  expect((await bo.patch(at, back)).body).toEqual({ ...untouched, metadata })
})

it('what nobody can mean is refused', async () => {
  const { bo, cy, path } = await createScenario()
  const at = `${path}/members/@me`
  for (const body of [
    {},
    { notify: 'some' },
    { archived: null },
    { snoozedUntil: later(-1) },
    { snoozedUntil: '2226-01-01T00:00:00.000Z' },
    { mutedUntil: null },
  ]) {
    const { status, body: problem } = await bo.patch(at, body)
    expect([body, status, problem.code]).toEqual([body, 400, 'invalid'])
  }
  expect((await bo.patch(at, { snoozedUntil: '2099-12-31T23:59:59.000Z' })).status).toBe(200)
  expect((await cy.patch(at, { favourite: true })).body.code).toBe('forbidden')
})

it("one's own sockets are told, nobody else's, and no event is made", async () => {
  const { ana, bo, path, room } = await createScenario()
  const [phone, laptop] = [await connect(bo.token, room.id), await connect(bo.token, room.id)]
  const other = await connect(ana.token, room.id)
  const { seq } = (await bo.get(path)).body
  await bo.patch(`${path}/members/@me`, { favourite: true })
  await bo.patch(`${path}/members/@me`, { favourite: true })
  const { body: after } = await ana.post(`${path}/messages`, newMessage('after it'))
  expect(after.seq).toBe(seq + 1)
  const toldTo = async (socket: typeof phone) => {
    await socket.event(after.seq)
    return socket.live.filter(({ type }) => type === 'preferences')
  }
  const told = [{ type: 'preferences', userId: bo.id, ...untouched, favourite: true }]
  expect(await toldTo(phone)).toEqual(told)
  expect(await toldTo(laptop)).toEqual(told)
  expect(await toldTo(other)).toEqual([])
})

it('who leaves and comes back starts anew', async () => {
  const { bo, path, room } = await createScenario()
  const at = `${path}/members/@me`
  await bo.patch(at, { notify: 'none', snoozedUntil: later(HOUR_MS), favourite: true })
  await bo.delete(at)
  expect(await rowOf(bo, room.id)).toMatchObject({ favourite: 0, notify: null })
  expect((await bo.put(at)).body.me).toMatchObject(untouched)
  expect(await mine(bo, room.id)).toMatchObject(untouched)
})

const rowOf = (user: User, roomId: string) =>
  env.DB.prepare('select * from memberships where user_id = ? and room_id = ?')
    .bind(user.id, roomId)
    .first()

it('a message brings an archived room back, a reply in a thread does not, and nobody has a row written', async () => {
  const { ana, bo, path, room, stub } = await createScenario()
  const { body: root } = await ana.post(`${path}/messages`, newMessage('When is high tide?'))
  await bo.patch(`${path}/members/@me`, { archived: true })
  expect(await listed(bo, '')).toEqual([])
  expect(await listed(bo, 'list=archived')).toEqual([room.id])
  const reply = { ...newMessage('At noon.'), replyTo: root.seq }
  const { body: replied } = await ana.post(`${path}/messages`, reply)
  expect(await listed(bo, `list=archived&seen=${room.id}:${replied.seq}`)).toEqual([room.id])
  expect((await bo.get(path)).body.me.archived).toBe(true)
  const before = await rowOf(bo, room.id)
  const { body: posted } = await ana.post(`${path}/messages`, newMessage('It is high.'))
  expect((await bo.get(path)).body.me.archived).toBe(false)
  expect(await listed(ana, `seen=${room.id}:${posted.seq}`)).toEqual([room.id])
  expect(await listed(bo, '')).toEqual([room.id])
  expect(await listed(bo, 'list=archived')).toEqual([])
  expect(await rowOf(bo, room.id)).toEqual(before)
  await evictDurableObject(stub)
  expect((await bo.patch(`${path}/members/@me`, { archived: true })).body.archived).toBe(true)
  expect(await listed(bo, 'list=archived')).toEqual([room.id])
})

it('nothing brings back an archived room while it is snoozed; when that ends, it comes back by itself', async () => {
  const clock = stopClock()
  const { ana, bo, path, room } = await createScenario()
  const snooze = { archived: true, snoozedUntil: later(MINUTE_MS) }
  await bo.patch(`${path}/members/@me`, snooze)
  const { body: posted } = await ana.post(`${path}/messages`, newMessage('hello'))
  expect(await listed(bo, `seen=${room.id}:${posted.seq}`)).toEqual([])
  expect(await listed(bo, 'list=archived')).toEqual([room.id])
  expect((await bo.get(path)).body.me).toMatchObject(snooze)
  clock.advance(MINUTE_MS)
  expect(await listed(bo, '')).toEqual([room.id])
  expect(await listed(bo, 'list=archived')).toEqual([])
  const shown = { archived: false, snoozedUntil: null }
  expect((await bo.get(path)).body.me).toMatchObject(shown)
  expect(await mine(bo, room.id)).toMatchObject(shown)
})

it('each list has its rooms, page by page, and a cursor of its own', async () => {
  const { ana, bo, path, room } = await createScenario()
  await befriend(ana, bo)
  const direct = (await bo.post(`/v1/direct/${ana.id}`)).body.id
  const [one, two, three] = await Promise.all(
    ['One', 'Two', 'Three'].map(async (name) => (await createRoom(bo, { name })).room.id),
  )
  const prefer = (roomId: string, patch: object) =>
    bo.patch(`/v1/rooms/${roomId}/members/@me`, patch)
  for (const id of [one, two, three]) await prefer(id, { favourite: true })
  await prefer(three, { archived: true })
  const { body: posted } = await ana.post(`${path}/messages`, newMessage('hello'))
  await bo.get(`/v1/me/rooms?seen=${room.id}:${posted.seq}`)
  const expected = {
    all: [direct, one, two, room.id],
    favourites: [one, two],
    archived: [three],
    direct: [direct],
    unread: [room.id],
  }
  for (const [list, ids] of Object.entries(expected)) {
    const pages: string[] = []
    let cursor = ''
    do {
      const { body } = await bo.get(`/v1/me/rooms?sort=name&list=${list}&limit=1${cursor}`)
      pages.push(...body.items.map(({ id }: { id: string }) => id))
      cursor = body.nextCursor === null ? '' : `&cursor=${body.nextCursor}`
    } while (cursor !== '')
    expect([list, pages.toSorted()]).toEqual([list, ids.toSorted()])
  }
  const { nextCursor } = (await bo.get('/v1/me/rooms?list=favourites&limit=1')).body
  for (const list of ['all', 'archived', 'direct', 'unread']) {
    const { status, body } = await bo.get(`/v1/me/rooms?list=${list}&limit=1&cursor=${nextCursor}`)
    expect([list, status, body.errors?.[0]?.path]).toEqual([list, 400, 'cursor'])
  }
  const first = (await bo.get('/v1/me/rooms?limit=1')).body.nextCursor
  expect((await bo.get(`/v1/me/rooms?list=all&cursor=${first}`)).body.items).toHaveLength(3)
})

it('snoozed rooms count apart, archived ones not at all, and the badge has what notifies', async () => {
  const { ana, bo, path, room } = await createScenario()
  const closed = await createRoom(ana, { access: 'closed' })
  await befriend(ana, bo)
  await ana.put(`${closed.path}/members/${bo.id}`)
  const post = async (at: string, text: string, mentions: string[] = []) => {
    const { body } = await ana.post(`${at}/messages`, { ...newMessage(text), mentions })
    await bo.get(`/v1/me/rooms?seen=${at.split('/').at(-1)}:${body.seq}`)
  }
  await post(path, 'one')
  await post(path, 'two', [bo.id])
  for (const text of ['three', 'four', 'five']) await post(closed.path, text)
  const counts = async () => (await bo.get('/v1/me/unread')).body
  const none = { rooms: 0, unread: 0, unreadMentions: 0 }
  const all = { rooms: 2, unread: 5, unreadMentions: 1, badge: 4, threads: 0, snoozed: none }
  expect(await counts()).toEqual(all)
  const prefer = (at: string, patch: object) => bo.patch(`${at}/members/@me`, patch)
  await prefer(closed.path, { notify: 'none' })
  expect(await counts()).toEqual({ ...all, badge: 1 })
  await prefer(closed.path, { notify: 'mentions' })
  await prefer(path, { notify: 'all' })
  expect(await counts()).toEqual({ ...all, badge: 2 })
  await prefer(path, { snoozedUntil: later(HOUR_MS) })
  const snoozed = { rooms: 1, unread: 2, unreadMentions: 1 }
  const rest = { rooms: 1, unread: 3, unreadMentions: 0, badge: 0, threads: 0 }
  expect(await counts()).toEqual({ ...rest, snoozed })
  expect((await listed(bo, 'list=unread')).toSorted()).toEqual([room.id, closed.room.id].toSorted())
  await prefer(closed.path, { archived: true })
  expect(await counts()).toEqual({ ...none, badge: 0, threads: 0, snoozed })
  expect(await listed(bo, 'list=unread')).toEqual([room.id])
  await bo.put('/v1/me/read-marker')
  expect((await bo.get(closed.path)).body.me.unread).toBe(0)
})

it('favourites and archived rooms are read by indexes of their own, other lists by that of the user', async () => {
  const bo = await createUser('Levels')
  const fill = `with recursive i (k) as (select 1 union all select k + 1 from i where k < 1000)`
  await env.DB.batch([
    env.DB.prepare(
      `${fill} insert into rooms (id, version, kind, access, listed, receipts, has_password, slow_mode_seconds,
        frozen, plain_files, created_at, seq, n, t, member_count, last_message_at)
      select ?1 || k, 1, 'channel', 'closed', 0, 'public', 0, 0, 0, 0, k, k, k, k, 1, k from i`,
    ).bind(bo.id),
    env.DB.prepare(
      `${fill} insert into memberships (user_id, room_id, version, role, joined_at, read_seq, read_n, read_t,
        sent_count, visited_at, favourite, archived_t)
      select ?1, ?1 || k, 1, 'member', k, k, k, k, 0, k, k % 100 = 1, iif(k % 100 = 2, k, null) from i`,
    ).bind(bo.id),
  ])
  const directory = open(env.DB)
  const read = async (list: MyRoomsList, sort: MyRoomsSort) => {
    const after = list === 'all' ? ([500, bo.id] as [number, string]) : null
    const page = { list, sort, limit: 5 }
    const query = myRooms.select(directory, bo.id, page, { after, now: Date.now() }).toSQL()
    const prepared = env.DB.prepare(query.sql).bind(...query.params)
    const { meta } = await prepared.run()
    const plan = await env.DB.prepare(`explain query plan ${query.sql}`)
      .bind(...query.params)
      .all<{ detail: string }>()
    return { rows: meta.rows_read, plan: plan.results.map(({ detail }) => detail).join('\n') }
  }
  for (const sort of MyRoomsSort.options) {
    for (const list of MyRoomsList.options) {
      const { rows, plan } = await read(list, sort)
      expect(plan).not.toMatch(/SCAN/)
      // Of a room: its membership, itself, and the author of its last message.
      const most = list === 'favourites' || list === 'archived' ? 30 : 3000
      expect([list, sort, rows <= most]).toEqual([list, sort, true])
    }
  }
})
