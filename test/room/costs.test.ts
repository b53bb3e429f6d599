import { runInDurableObject } from 'cloudflare:test'
import { expect, it } from 'vitest'
import * as events from '../../src/room/store/events'
import * as mentions from '../../src/room/store/mentions'
import * as messagePages from '../../src/room/store/message-pages'
import * as messages from '../../src/room/store/messages'
import * as pins from '../../src/room/store/pins'
import * as reactions from '../../src/room/store/reactions'
import * as sequences from '../../src/room/store/sequence'
import * as threadFollows from '../../src/room/store/threads/thread-follows'
import * as threads from '../../src/room/store/threads/threads'
import { stopClock } from '../fixtures/clock'
import { spyOnD1 } from '../fixtures/d1-spy'
import { newMessage } from '../fixtures/rooms'
import { createScenario } from '../fixtures/scenario'
import { connect } from '../fixtures/socket'
import { spyOnSql } from '../fixtures/sql-spy'

/** A room of three events that the directory has, at a moment when no job is due until the test ends. */
async function createQuietScenario() {
  const scenario = await createScenario()
  stopClock()
  const { body } = await scenario.bo.post(`${scenario.path}/messages`, newMessage('the first'))
  await scenario.stub.syncDirectory(scenario.ana.id, body.seq)
  return { ...scenario, first: body.seq as number }
}

it('posting and reading messages run no D1 statement', async () => {
  const { ana, bo, room, path, first } = await createQuietScenario()
  const socket = await connect(ana.token, room.id)
  const d1 = spyOnD1()
  for (let i = 0; i < 10; i += 1) await bo.post(`${path}/messages`, newMessage(`${i}`))
  socket.send({ do: 'message.post', ref: 1, nonce: 'x', text: 'over the socket' })
  await socket.answer(1)
  await ana.get(`${path}/messages`)
  await ana.get(`${path}/messages/${first + 1}`)
  await ana.get(`${path}/events?after=0`)
  await ana.get(path)
  d1.restore()
  expect(d1.statements).toEqual([])
})

it('a plain message writes two rows: itself and its nonce', async () => {
  const { ana, path, stub } = await createQuietScenario()
  const sql = await spyOnSql(stub)
  await ana.post(`${path}/messages`, newMessage('plain'))
  sql.restore()
  expect(sql.rowsWritten()).toBe(2)
})

it('also in a room that is searched', async () => {
  const { ana, path, stub } = await createQuietScenario()
  await ana.get(`${path}/search?q=first`)
  const sql = await spyOnSql(stub)
  await ana.post(`${path}/messages`, newMessage('plain'))
  sql.restore()
  expect(sql.rowsWritten()).toBe(2)
})

it('a sync makes the room read nobody again', async () => {
  const { ana, path, stub } = await createQuietScenario()
  const sql = await spyOnSql(stub)
  const { body } = await ana.post(`${path}/messages`, newMessage('counted by the sync'))
  await stub.syncDirectory(ana.id, body.seq)
  expect(sql.statements.map(({ query }) => query).join()).toContain('counted_seq')
  sql.statements.length = 0
  await ana.post(`${path}/messages`, newMessage('plain'))
  sql.restore()
  expect(sql.statements.filter(({ query }) => /^\s*select/i.test(query))).toEqual([])
})

it('a reaction writes three rows, and so does taking it back', async () => {
  const { ana, bo, path, stub, first } = await createQuietScenario()
  await ana.put(`${path}/messages/${first}/reactions/%F0%9F%8E%89/@me`)
  const sql = await spyOnSql(stub)
  const at = `${path}/messages/${first}/reactions/%F0%9F%91%8D/@me`
  const counts: number[] = []
  for (const act of [ana.put, ana.put, bo.put, bo.delete, bo.delete]) {
    await act(at)
    counts.push(sql.rowsWritten())
  }
  sql.restore()
  expect(counts).toEqual([3, 0, 3, 3, 0])
})

it('a reply writes four rows and who follows, a mention one for each mentioned user beside its count', async () => {
  const { ana, bo, path, stub, first } = await createQuietScenario()
  const sql = await spyOnSql(stub)
  await ana.post(`${path}/messages`, { ...newMessage('re'), replyTo: first })
  const firstReply = sql.rowsWritten()
  await ana.post(`${path}/messages`, { ...newMessage('re'), replyTo: first })
  const reply = sql.rowsWritten()
  await ana.post(`${path}/messages`, { ...newMessage('bo'), mentions: [bo.id] })
  const mention = sql.rowsWritten()
  await ana.post(`${path}/messages`, { ...newMessage('all'), mentionsRoom: true })
  sql.restore()
  // Who began the thread and who replies: a row and an index row each. The next reply changes its author's.
  expect([firstReply, reply, mention, sql.rowsWritten()]).toEqual([8, 6, 4, 3])
})

it('a page of history runs as many statements whatever its size and whatever it holds', async () => {
  const { ana, bo, path, stub } = await createQuietScenario()
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
  const sql = await spyOnSql(stub)
  const counts: number[] = []
  for (const limit of [2, 50]) {
    await ana.get(`${path}/messages?limit=${limit}`)
    counts.push(sql.statements.splice(0).length)
  }
  sql.restore()
  expect(counts[1]).toBe(counts[0])
  expect(counts[0]).toBeLessThan(10)
})

it('a page that is read again runs one statement', async () => {
  const { ana, bo, path, stub } = await createQuietScenario()
  await bo.post(`${path}/messages`, newMessage('by bo'))
  await ana.post(`${path}/messages`, newMessage('by ana'))
  await ana.get(`${path}/messages`)
  const sql = await spyOnSql(stub)
  const { body } = await ana.get(`${path}/messages`)
  sql.restore()
  expect(body.items.map(({ text }: { text: string }) => text)).toEqual([
    'by ana',
    'by bo',
    'the first',
  ])
  expect(sql.statements).toHaveLength(1)
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
    messages.findManyWithoutText(spy, [3])
    events.textBytesAfter(spy, 3)
    const message = messages.append(
      spy,
      place,
      {
        author,
        nonce: 'n',
        text: 't',
        replyTo: null,
        alsoInRoom: false,
        mentions: ['b'],
        mentionsRoom: false,
        metadata: undefined,
      },
      1,
    )
    threads.addReply(spy, place, 3, message)
    threadFollows.find(spy, 'a', 3)
    threadFollows.changedAfter(spy, 1, 500)
    threadFollows.forgetMention(spy, place, { userId: 'a', seq: 3 })
    threads.countAfter(spy, 3, 3)
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
