import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it, vi } from 'vitest'
import { open } from '../../src/directory/database'
import { readFirstScreen } from '../../src/inbox/first-screen'
import { spyOnD1 } from '../fixtures/d1-spy'
import { eventually } from '../fixtures/eventually'
import { compareNow, openInbox } from '../fixtures/inbox'
import { befriend } from '../fixtures/relations'
import { createRoom, newMessage, roomStub } from '../fixtures/rooms'
import { createScenario } from '../fixtures/scenario'
import { connect } from '../fixtures/socket'
import { createUsers } from '../fixtures/users'

const inboxOf = (userId: string) => env.INBOXES.get(env.INBOXES.idFromName(userId))

/** How many inboxes a room tells. */
const watchersOf = (roomId: string): Promise<number> =>
  runInDurableObject(
    roomStub(roomId),
    (_, { storage }) =>
      storage.sql.exec<{ count: number }>('select count(*) as count from watchers').one().count,
  )

/** Waits until a room tells so many inboxes. */
const watched = (roomId: string, count = 1) =>
  eventually(async () => expect(await watchersOf(roomId)).toBe(count))

describe('the first frame', () => {
  it('is the first screen of an app: the account, the rooms, what is unread and who is blocked', async () => {
    const { ana, bo, cy, room, path } = await createScenario()
    await ana.put(`/v1/me/blocks/${cy.id}`)
    await bo.post(`${path}/messages`, newMessage('hello'))
    const list = await ana.get(`/v1/me/rooms?seen=${room.id}:999`)
    const inbox = await openInbox(ana.token)
    expect(inbox.ready).toEqual({
      me: (await ana.get('/v1/me')).body,
      rooms: list.body.items,
      more: false,
      unread: (await ana.get('/v1/me/unread')).body,
      online: [],
      blocks: [cy.id],
    })
    expect(inbox.ready?.unread.unread).toBe(1)
  })

  it('has the peers of direct rooms, and takes one batch of D1', async () => {
    const [ana, bo, cy] = await createUsers('Ana', 'Bo', 'Cy')
    for (const other of [bo, cy]) {
      await befriend(ana, other)
      const direct = await ana.post(`/v1/direct/${other.id}`)
      await other.post(`/v1/rooms/${direct.body.id}/messages`, newMessage('hello'))
      await ana.get(`/v1/me/rooms?seen=${direct.body.id}:999`)
    }
    await createRoom(ana)
    const list = (await ana.get('/v1/me/rooms')).body.items
    const batches = vi.spyOn(Object.getPrototypeOf(env.DB) as D1Database, 'batch')
    const d1 = spyOnD1()
    const { directory, now } = { directory: open(env.DB), now: Date.now() }
    const { ready } = await readFirstScreen(directory, ana.id, now)
    d1.restore()
    expect(d1.queriesAbout(ana)).toHaveLength(8)
    expect(batches.mock.calls.map(([statements]) => statements.length)).toEqual([8])
    batches.mockRestore()
    expect(ready.rooms).toEqual(list)
    expect(ready.rooms.map(({ peer }) => peer?.id ?? null).toSorted()).toEqual(
      [bo.id, cy.id, null].toSorted(),
    )
  })

  it('is refused by a close, as a room refuses it', async () => {
    expect((await openInbox(undefined)).closed).toMatchObject({ code: 4401 })
    expect((await openInbox('nonsense')).closed).toMatchObject({ code: 4401 })
    const { ana } = await createScenario()
    const all = await Promise.all(Array.from({ length: 20 }, () => openInbox(ana.token)))
    expect(all.every(({ ready }) => ready)).toBe(true)
    expect((await openInbox(ana.token)).closed).toMatchObject({ code: 4409 })
  })
})

describe('a room that is not open', () => {
  it('says that there is activity, with the reader’s own counts', async () => {
    const { ana, bo, room, path } = await createScenario()
    const inbox = await openInbox(ana.token)
    await watched(room.id)
    const { body } = await bo.post(`${path}/messages`, newMessage('hello'))
    const activity = await inbox.update('activity')
    const now = (await ana.get(path)).body
    expect(activity).toEqual({
      type: 'activity',
      roomId: room.id,
      version: now.me.version,
      seq: body.seq,
      n: 1,
      t: 1,
      lastMessage: now.lastMessage,
      readSeq: now.me.readSeq,
      unread: 1,
      unreadMentions: 0,
      unreadThreads: 0,
    })
  })

  it('says how many followed threads are unread, and tells all devices when one is read', async () => {
    const { ana, bo, room, path } = await createScenario()
    const { body: root } = await ana.post(`${path}/messages`, newMessage('When is high tide?'))
    const [phone, desk] = [await openInbox(ana.token), await openInbox(ana.token)]
    await watched(room.id)
    const { body: reply } = await bo.post(`${path}/messages`, {
      ...newMessage('Six'),
      replyTo: root.seq,
    })
    const activity = await phone.update('activity')
    expect(activity).toMatchObject({ unread: 0, unreadThreads: 1 })
    const tab = await connect(ana.token, room.id)
    await ana.put(`${path}/messages/${root.seq}/read-marker`, { readSeq: reply.seq })
    for (const device of [phone, desk]) {
      const read = await device.update('read')
      expect(read).toMatchObject({ roomId: room.id, unreadThreads: 0 })
      expect(read.version).toBeGreaterThan(activity.version)
    }
    const state = (await ana.get(`${path}/messages/${root.seq}/following`)).body
    const live = () => tab.live.filter(({ type }) => type === 'thread')
    await tab.until(() => live().length > 0)
    expect(live()).toEqual([{ type: 'thread', userId: ana.id, ...state }])
    await ana.put(`${path}/messages/${root.seq}/read-marker`, { readSeq: 1, unread: true })
    await desk.update('read', ({ unreadThreads }) => unreadThreads === 1)
    const late = await openInbox(ana.token)
    expect(late.ready?.unread.threads).toBe(1)
    expect(late.ready?.rooms[0]?.me?.unreadThreads).toBe(1)
    await ana.delete(`${path}/messages/${root.seq}/following`)
    await late.update('read', ({ unreadThreads }) => unreadThreads === 0)
    expect((await ana.get('/v1/me/unread')).body.threads).toBe(0)
  })

  it('tells at most once a second, and ends with the last value', async () => {
    const { ana, bo, room, path } = await createScenario()
    const inbox = await openInbox(ana.token)
    await watched(room.id)
    for (let i = 0; i < 30; i += 1) await bo.post(`${path}/messages`, newMessage(`message ${i}`))
    await inbox.update('activity', ({ n }) => n === 30)
    expect(inbox.of('activity').length).toBeLessThan(30)
    const versions = inbox.of('activity').map(({ version }) => version)
    expect(versions).toEqual([...versions].sort((a, b) => a - b))
  })

  it('tells both devices of a marker, whichever moved it', async () => {
    const { ana, bo, room, path } = await createScenario()
    const [phone, desk] = [await openInbox(ana.token), await openInbox(ana.token)]
    await watched(room.id)
    const { body } = await bo.post(`${path}/messages`, newMessage('hello'))
    await phone.update('activity')
    phone.send({ do: 'read.mark', ref: 1, roomId: room.id, seq: body.seq })
    expect(await phone.answer(1)).toEqual({ ref: 1, done: true })
    for (const device of [phone, desk]) {
      const read = await device.update('read')
      expect(read).toMatchObject({ roomId: room.id, readSeq: body.seq, unread: 0 })
    }
  })

  it('tells of its settings, and of what one chose for oneself', async () => {
    const { ana, bo, room, path } = await createScenario()
    const inbox = await openInbox(bo.token)
    await watched(room.id)
    await ana.patch(path, { name: 'Pier' })
    const { room: renamed } = await inbox.update('room.updated')
    expect(renamed).toEqual((await bo.get(path)).body)
    await bo.patch(`${path}/members/@me`, { favourite: true })
    await inbox.update('room.updated', (update) => update.room.me?.favourite === true)
    await ana.patch(`${path}/members/${bo.id}`, { role: 'moderator' })
    await inbox.update('room.updated', (update) => update.room.me?.role === 'moderator')
  })

  it('tells whom it mentions, but not who blocks the author', async () => {
    const { ana, bo, cy, path, room } = await createScenario()
    await cy.put(`${path}/members/@me`)
    await cy.put(`/v1/me/blocks/${ana.id}`)
    const [told, blocker] = [await openInbox(bo.token), await openInbox(cy.token)]
    await watched(room.id, 2)
    const mentions = [bo.id, cy.id]
    const { body } = await ana.post(`${path}/messages`, { ...newMessage('both of you'), mentions })
    expect(await told.update('mention')).toEqual({
      type: 'mention',
      roomId: room.id,
      seq: body.seq,
      by: body.author,
      preview: 'both of you',
    })
    await blocker.update('activity', ({ unreadMentions }) => unreadMentions === 0)
    await eventually(async () =>
      expect(blocker.of('activity').at(-1)).toMatchObject({ unread: 1, unreadMentions: 0 }),
    )
    expect(blocker.of('mention')).toEqual([])
  })
})

describe('an edit', () => {
  it('tells whom it mentions for the first time, and nobody again', async () => {
    const { ana, bo, path, room } = await createScenario()
    const inbox = await openInbox(bo.token)
    const { body } = await ana.post(`${path}/messages`, newMessage('who?'))
    const edit = (text: string) => ana.patch(`${path}/messages/${body.seq}`, { text })
    await edit(`you, <@${bo.id}>`)
    const mention = await inbox.update('mention')
    expect(mention).toMatchObject({ roomId: room.id, seq: body.seq, by: { id: ana.id } })
    await inbox.update('activity', ({ unreadMentions }) => unreadMentions === 1)
    await edit(`you, <@${bo.id}>, of course`)
    await ana.post(`${path}/messages`, { ...newMessage('and again'), mentions: [bo.id] })
    await inbox.update('mention', ({ seq }) => seq !== body.seq)
    expect(inbox.of('mention')).toHaveLength(2)
  })
})

describe('coming and going', () => {
  it('is told at once: joining, being added, leaving, being removed and banned', async () => {
    const [ana, bo] = await createUsers('Ana', 'Bo')
    await bo.patch('/v1/me', { addPolicy: 'everyone' })
    const inbox = await openInbox(bo.token)
    const { room, path } = await createRoom(ana, { access: 'closed' })
    await ana.put(`${path}/members/${bo.id}`)
    const added = await inbox.update('room.added')
    expect(added).toEqual({ type: 'room.added', room: (await bo.get(path)).body, by: ana.id })
    await watched(room.id)
    await ana.post(`${path}/messages`, newMessage('welcome'))
    await inbox.update('activity')
    await ana.delete(`${path}/members/${bo.id}`)
    expect(await inbox.update('room.removed')).toMatchObject({ roomId: room.id, why: 'removed' })
    await ana.post(`${path}/messages`, newMessage('secret'))
    await ana.put(`${path}/members/${bo.id}`)
    await inbox.until(() => inbox.of('room.added').length === 2, 'being added again')
    const again = inbox.updates.findLastIndex(({ type }) => type === 'room.added')
    expect(JSON.stringify(inbox.updates.slice(0, again))).not.toContain('secret')
    await ana.put(`${path}/bans/${bo.id}`, {})
    await inbox.update('room.removed', ({ why }) => why === 'banned')
    const open = await createRoom(ana)
    await bo.put(`${open.path}/members/@me`)
    await inbox.update('room.added', ({ by }) => by === bo.id)
    await bo.delete(`${open.path}/members/@me`)
    await inbox.update('room.removed', ({ why }) => why === 'left')
  })

  it('a ban says nothing to somebody who was not there', async () => {
    const { ana, cy, path } = await createScenario()
    const inbox = await openInbox(cy.token)
    await ana.put(`${path}/bans/${cy.id}`, {})
    const { path: other } = await createRoom(ana)
    await cy.put(`${other}/members/@me`)
    await inbox.update('room.added')
    expect(inbox.updates.map(({ type }) => type)).toEqual(['room.added'])
  })

  it('a deleted room is gone from every device', async () => {
    const { ana, bo, path, room } = await createScenario()
    const inbox = await openInbox(bo.token)
    await watched(room.id)
    await ana.delete(path)
    expect(await inbox.update('room.removed')).toMatchObject({ roomId: room.id, why: 'deleted' })
  })

  it('a new direct room comes with its first message, and with the other', async () => {
    const [ana, bo] = await createUsers('Ana', 'Bo')
    await ana.patch('/v1/me', { messagePolicy: 'everyone' })
    await bo.patch('/v1/me', { messagePolicy: 'everyone' })
    const inbox = await openInbox(bo.token)
    const { body: direct } = await ana.post(`/v1/direct/${bo.id}`)
    expect(inbox.updates).toEqual([])
    await ana.post(`/v1/rooms/${direct.id}/messages`, newMessage('hi'))
    const { room } = await inbox.update('room.added')
    expect(room.peer?.id).toBe(ana.id)
    expect(room).toEqual((await bo.get(`/v1/rooms/${direct.id}`)).body)
  })
})

describe('a socket', () => {
  it('is closed with its session, and the other devices are told', async () => {
    const { ana } = await createScenario()
    const socket = await openInbox(ana.token)
    const sid = JSON.parse(atob(ana.token.split('.')[1] ?? '')).sid
    await inboxOf(ana.id).endSessions(['another'], Date.now() + 60_000)
    expect(await socket.update('session.ended')).toMatchObject({ sessionId: 'another' })
    await inboxOf(ana.id).endSessions([sid], Date.now() + 60_000)
    expect(await socket.end()).toMatchObject({ code: 4401 })
  })

  it('answers what is wrong with a command, and closes on what is none', async () => {
    const { ana, path, room } = await createScenario()
    await ana.post(`${path}/messages`, newMessage('hello'))
    const socket = await openInbox(ana.token)
    socket.send({ do: 'read.mark', ref: 'a', roomId: 'nowhere', seq: 1 })
    expect(await socket.answer('a')).toMatchObject({ problem: { code: 'not_found' } })
    socket.send({ do: 'read.mark', ref: 'b', roomId: room.id, seq: 1_000_000 })
    expect(await socket.answer('b')).toMatchObject({ problem: { code: 'invalid' } })
    socket.send({ do: 'dance', ref: 'c' })
    expect(await socket.answer('c')).toMatchObject({ problem: { code: 'invalid' } })
    socket.send({ do: 'auth', ref: 'd', token: 'nonsense' })
    expect(await socket.answer('d')).toMatchObject({ problem: { code: 'unauthenticated' } })
    socket.send({ do: 'auth', ref: 'e', token: ana.token })
    expect(await socket.answer('e')).toEqual({ ref: 'e', done: true })
    socket.send('ping')
    socket.send('not JSON')
    expect(await socket.end()).toMatchObject({ code: 4400 })
  })
})

describe('what was lost', () => {
  it('comes with the comparison: the inbox asks the rooms that the directory has in another version', async () => {
    const { ana, bo, path, room } = await createScenario()
    const inbox = await openInbox(ana.token)
    await watched(room.id)
    // The room forgets whom to tell, as if all it told were lost.
    await runInDurableObject(roomStub(room.id), (_, { storage }) => {
      storage.sql.exec('delete from watchers')
    })
    await evictDurableObject(roomStub(room.id))
    const { body } = await bo.post(`${path}/messages`, newMessage('unheard'))
    await ana.get(`/v1/me/rooms?seen=${room.id}:${body.seq}`)
    await evictDurableObject(inboxOf(ana.id))
    await runInDurableObject(inboxOf(ana.id), (_, { storage }) => {
      storage.sql.exec('update watching set compare_at = 1')
    })
    await runDurableObjectAlarm(inboxOf(ana.id))
    const updated = await inbox.update('room.updated')
    expect(updated.room.lastMessage?.preview).toBe('unheard')
    expect(await watchersOf(room.id)).toBe(1)
  })

  it('comes to every device, also when another was shown it by its first frame', async () => {
    const { ana, bo, path, room } = await createScenario()
    const phone = await openInbox(ana.token)
    await watched(room.id)
    await runInDurableObject(roomStub(room.id), (_, { storage }) => {
      storage.sql.exec('delete from watchers')
    })
    await evictDurableObject(roomStub(room.id))
    const { body } = await bo.post(`${path}/messages`, newMessage('unheard'))
    await ana.get(`/v1/me/rooms?seen=${room.id}:${body.seq}`)
    const desk = await openInbox(ana.token)
    expect(desk.ready?.rooms[0]?.lastMessage?.preview).toBe('unheard')
    await compareNow(ana.id)
    const updated = await phone.update('room.updated')
    expect(updated.room.lastMessage?.preview).toBe('unheard')
  })

  it('that a room was deleted is later than everything that was told of it', async () => {
    const { ana, bo, path, room } = await createScenario()
    const inbox = await openInbox(bo.token)
    await watched(room.id)
    await ana.post(`${path}/messages`, newMessage('hello'))
    const { version } = await inbox.update('activity')
    // The inbox forgets up to where it told, and the room whom to tell.
    await evictDurableObject(inboxOf(bo.id))
    await runInDurableObject(roomStub(room.id), (_, { storage }) => {
      storage.sql.exec('delete from watchers')
    })
    await evictDurableObject(roomStub(room.id))
    await ana.delete(path)
    await compareNow(bo.id)
    expect((await inbox.update('room.removed')).version).toBeGreaterThan(version)
  })

  it('a room that one joined after opening, and that goes after the inbox forgot, is told to be gone', async () => {
    const { ana, path, room } = await createScenario()
    const [di] = await createUsers('Di')
    const inbox = await openInbox(di.token)
    await di.put(`${path}/members/@me`)
    await inbox.update('room.added')
    await evictDurableObject(inboxOf(di.id))
    await ana.delete(path)
    expect((await inbox.update('room.removed')).roomId).toBe(room.id)
  })

  it('a room that the directory does not have yet is in the first frame', async () => {
    const { bo, cy, path, room } = await createScenario()
    const told = { ...(await bo.get(path)).body }
    const version = told.me.version + 9
    const news = { roomId: room.id, version, room: told, epoch: 0, why: 'added' as const }
    await runInDurableObject(inboxOf(cy.id), (inbox) => void inbox.tell(news))
    const inbox = await openInbox(cy.token)
    expect(inbox.ready?.rooms.map(({ id }) => id)).toEqual([room.id])
    // It was not true.
    await compareNow(cy.id)
    await inbox.update('room.removed')
  })

  it('a room is told to stop when nobody has listened for long', async () => {
    const { ana, bo, path, room } = await createScenario()
    const inbox = await openInbox(ana.token)
    await watched(room.id)
    inbox.close()
    await inbox.end()
    await runInDurableObject(inboxOf(ana.id), async (instance) => {
      for (let i = 0; i < 24; i += 1) {
        const me = (await ana.get(path)).body
        const news = { roomId: room.id, version: 0, room: me, epoch: 1, why: 'messages' as const }
        expect(instance.tell(news)).toEqual({})
      }
    })
    await bo.post(`${path}/messages`, newMessage('anybody?'))
    await watched(room.id, 0)
    // Who comes back is told again.
    const again = await openInbox(ana.token)
    await watched(room.id)
    expect(again.ready?.rooms[0]?.me?.unread).toBe(1)
  })
})

it('a list over HTTP shows one’s own marker at once', async () => {
  const { ana, bo, room, path } = await createScenario()
  const { body } = await bo.post(`${path}/messages`, newMessage('hello'))
  await ana.get(`/v1/me/rooms?seen=${room.id}:${body.seq}`)
  const socket = await connect(ana.token, room.id)
  socket.send({ do: 'read.mark', ref: 1, seq: body.seq })
  await socket.answer(1)
  await eventually(async () => {
    const { items } = (await ana.get('/v1/me/rooms')).body
    expect(items[0].me).toMatchObject({ readSeq: body.seq, unread: 0 })
  })
})

it('counts over HTTP show what was told before the directory has it, by each room’s preferences', async () => {
  const { ana, bo, room, path } = await createScenario()
  await openInbox(ana.token)
  await watched(room.id)
  // The sync that follows the join is over, and the next is seconds away.
  await bo.post(`${path}/messages`, newMessage('one'))
  await ana.get(`/v1/me/rooms?seen=${room.id}:999`)
  await bo.post(`${path}/messages`, newMessage('two'))
  await eventually(async () =>
    expect((await ana.get('/v1/me/unread')).body).toMatchObject({ rooms: 1, unread: 2, badge: 0 }),
  )
  await ana.patch(`${path}/members/@me`, { notify: 'all' })
  await bo.post(`${path}/messages`, newMessage('three'))
  await eventually(async () =>
    expect((await ana.get('/v1/me/unread')).body).toMatchObject({ rooms: 1, unread: 3, badge: 3 }),
  )
  const snoozedUntil = new Date(Date.now() + 3_600_000).toISOString()
  await ana.patch(`${path}/members/@me`, { snoozedUntil })
  await bo.post(`${path}/messages`, newMessage('four'))
  const snoozed = { rooms: 1, unread: 4, unreadMentions: 0 }
  await eventually(async () =>
    expect((await ana.get('/v1/me/unread')).body).toMatchObject({ rooms: 0, badge: 0, snoozed }),
  )
})

it('a room that one makes on one device is told to the others', async () => {
  const [ana, bo] = await createUsers('Ana', 'Bo')
  for (const user of [ana, bo]) await user.patch('/v1/me', { messagePolicy: 'everyone' })
  const inbox = await openInbox(ana.token)
  const { room } = await createRoom(ana)
  await inbox.update('room.added', ({ room: { id }, by }) => id === room.id && by === ana.id)
  const { body: direct } = await ana.post(`/v1/direct/${bo.id}`)
  const added = await inbox.update('room.added', (update) => update.room.id === direct.id)
  expect(added.room.peer?.id).toBe(bo.id)
})
