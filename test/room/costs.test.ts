import { runInDurableObject } from 'cloudflare:test'
import { afterEach, beforeEach, expect, it } from 'vitest'
import * as mentions from '../../src/room/store/mentions'
import * as messagePages from '../../src/room/store/message-pages'
import * as messages from '../../src/room/store/messages'
import * as pins from '../../src/room/store/pins'
import * as reactions from '../../src/room/store/reactions'
import * as sequences from '../../src/room/store/sequence'
import * as threads from '../../src/room/store/threads'
import { watchD1 } from '../fixtures/d1-spy'
import { newMessage } from '../fixtures/rooms'
import { createScenario } from '../fixtures/scenario'
import { connect } from '../fixtures/socket'
import { spy } from '../fixtures/sql-spy'

let d1: ReturnType<typeof watchD1>
beforeEach(() => {
  d1 = watchD1()
})
afterEach(() => d1.restore())

it('posting and reading messages run no D1 statement', async () => {
  const { ana, bo, room, path } = await createScenario()
  const socket = await connect(ana.token, room.id)
  // The first post of a dirty period starts the coalesced flush of counts; within the next five seconds none does.
  await bo.post(`${path}/messages`, newMessage('first'))
  await bo.get(`/v1/me/rooms?seen=${room.id}:3`)
  d1.statements.length = 0
  for (let i = 0; i < 10; i += 1) await bo.post(`${path}/messages`, newMessage(`${i}`))
  socket.send({ do: 'message.post', ref: 1, nonce: 'x', text: 'over the socket' })
  await socket.answer(1)
  await ana.get(`${path}/messages`)
  await ana.get(`${path}/messages/4`)
  await ana.get(`${path}/events?after=0`)
  await ana.get(path)
  expect(d1.statements).toEqual([])
})

it('a plain message writes two rows: itself and its nonce', async () => {
  const { ana, bo, path, stub } = await createScenario()
  await bo.post(`${path}/messages`, newMessage('a dirty period has begun'))
  const room = await spy(stub)
  await ana.post(`${path}/messages`, newMessage('plain'))
  room.restore()
  expect(room.written()).toBe(2)
})

it('also in a room that is searched', async () => {
  const { ana, bo, path, stub } = await createScenario()
  await bo.post(`${path}/messages`, newMessage('a dirty period has begun'))
  await ana.get(`${path}/search?q=dirty`)
  const room = await spy(stub)
  await ana.post(`${path}/messages`, newMessage('plain'))
  room.restore()
  expect(room.written()).toBe(2)
})

it('a flush of the index makes nobody be read again', async () => {
  const {
    ana,
    bo,
    room: { id },
    path,
    stub,
  } = await createScenario()
  const room = await spy(stub)
  await ana.post(`${path}/messages`, newMessage('counted by the flush'))
  await bo.get(`/v1/me/rooms?seen=${id}:3`)
  expect(room.ran.map(({ query }) => query).join()).toContain('counted_seq')
  room.ran.length = 0
  await ana.post(`${path}/messages`, newMessage('plain'))
  room.restore()
  expect(room.ran.filter(({ query }) => /^\s*select/i.test(query))).toEqual([])
})

it('a reaction writes three rows, and so does taking it back', async () => {
  const { ana, bo, path, stub } = await createScenario()
  await bo.post(`${path}/messages`, newMessage('a dirty period has begun'))
  await ana.put(`${path}/messages/3/reactions/%F0%9F%8E%89/@me`)
  const room = await spy(stub)
  const at = `${path}/messages/3/reactions/%F0%9F%91%8D/@me`
  const counts: number[] = []
  for (const act of [ana.put, ana.put, bo.put, bo.delete, bo.delete]) {
    await act(at)
    counts.push(room.written())
  }
  room.restore()
  expect(counts).toEqual([3, 0, 3, 3, 0])
})

it('a reply writes four rows, a mention one for each who is mentioned beside its mark', async () => {
  const { ana, bo, path, stub } = await createScenario()
  await bo.post(`${path}/messages`, newMessage('a dirty period has begun'))
  const room = await spy(stub)
  await ana.post(`${path}/messages`, { ...newMessage('re'), replyTo: 3 })
  const reply = room.written()
  await ana.post(`${path}/messages`, { ...newMessage('bo'), mentions: [bo.id] })
  const mention = room.written()
  await ana.post(`${path}/messages`, { ...newMessage('all'), mentionsRoom: true })
  room.restore()
  expect([reply, mention, room.written()]).toEqual([4, 4, 3])
})

it('a page of history runs as many statements whatever its size and whatever it holds', async () => {
  const { ana, bo, path, stub } = await createScenario()
  for (let i = 0; i < 30; i += 1) {
    const { body } = await bo.post(`${path}/messages`, {
      ...newMessage(`${i}`),
      mentions: [ana.id],
    })
    const { seq } = body
    await ana.post(`${path}/messages`, { ...newMessage('re'), replyTo: seq })
    await ana.put(`${path}/messages/${seq}/reactions/%F0%9F%91%8D/@me`)
    await bo.put(`${path}/messages/${seq}/reactions/%F0%9F%8E%89/@me`)
  }
  // Who asks and the settings are remembered from here on.
  await ana.get(`${path}/messages?limit=1`)
  const room = await spy(stub)
  const counts: number[] = []
  for (const limit of [2, 50]) {
    await ana.get(`${path}/messages?limit=${limit}`)
    counts.push(room.ran.splice(0).length)
  }
  room.restore()
  expect(counts[1]).toBe(counts[0])
  expect(counts[0]).toBeLessThan(10)
})

it('a page that is read again runs one statement', async () => {
  const { ana, bo, path, stub } = await createScenario()
  await bo.post(`${path}/messages`, newMessage('by bo'))
  await ana.post(`${path}/messages`, newMessage('by ana'))
  await ana.get(`${path}/messages`)
  const room = await spy(stub)
  const { body } = await ana.get(`${path}/messages`)
  room.restore()
  expect(body.items.map(({ text }: { text: string }) => text)).toEqual(['by ana', 'by bo'])
  expect(room.ran).toHaveLength(1)
})

it('every query that runs per message uses a primary key or an index', async () => {
  const { ana, stub } = await createScenario()
  const queries = await runInDurableObject(stub, (_room, { storage: { sql } }) => {
    const seen: string[] = []
    const spy = {
      exec: (query: string, ...bindings: never[]) => {
        seen.push(query)
        return sql.exec(query, ...bindings)
      },
    } as unknown as SqlStorage
    const author = { id: ana.id, username: null, displayName: 'Ana', avatarUrl: null }
    const place = { ...sequences.load(sql), roomId: 'r' }
    messages.findByNonce(spy, 'a', 'n')
    const message = messages.append(
      spy,
      place,
      {
        author,
        nonce: 'n',
        text: 't',
        replyTo: null,
        mentions: ['b'],
        mentionsRoom: false,
      },
      1,
    )
    threads.addReply(spy, 3, message)
    threads.replies(spy, 3, 0, 50)
    threads.findByReplies(spy, [message])
    mentions.record(spy, message)
    mentions.countUnread(spy, 'a', 1)
    mentions.mentionedSince(spy, 1)
    mentions.messagesAfter(spy, 1, 20)
    reactions.add(spy, message, '👍', 'a')
    reactions.remove(spy, message, '👍', 'a')
    for (const count of [1, 1000]) {
      reactions.personalizeAll(spy, 'a', [{ ...message, reactions: [{ emoji: '👍', count }] }])
    }
    reactions.reactors(spy, { seq: 3, emoji: '👍' }, '', 50)
    pins.put(spy, 3, 'a', 1)
    pins.list(spy, null, 50)
    const room = { sql: spy, sequence: place }
    messagePages.page(room, { limit: 50 })
    messagePages.page(room, { limit: 50, after: 1 })
    messagePages.page(room, { limit: 50, around: 1 })
    messagePages.page(room, { limit: 50, before: 1 })
    const plans = seen.flatMap((query) => {
      const holes = Array.from(query.matchAll(/\?/g), () => 1)
      return sql
        .exec<{ detail: string }>(`explain query plan ${query}`, ...holes)
        .toArray()
        .map(({ detail }) => detail)
    })
    sql.exec(`delete from messages where nonce = 'n'`)
    return plans
  })
  expect(queries.length).toBeGreaterThan(5)
  // The room's own table has one row, a page those that its query found, the index of pins 250, and a JSON array is no table.
  expect(
    queries.filter(
      (plan) =>
        /^SCAN (?!(room|page)$|.*(VIRTUAL TABLE|messages_by_pin))/.test(plan) ||
        /TEMP B-TREE/.test(plan),
    ),
  ).toEqual([])
})
