import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { expect, it } from 'vitest'
import { MAX_REPLAY_BYTES } from '../../src/room/queries/event-log'
import * as events from '../../src/room/store/events'
import type { Event } from '../../src/schemas/events'
import { UnreadReplays } from '../../src/sockets/unread-replays'
import { newMessage } from '../fixtures/rooms'
import { createScenario } from '../fixtures/scenario'
import { connect, type RoomSocket } from '../fixtures/socket'
import { spyOnSql } from '../fixtures/sql-spy'

/** 4,000 characters of three bytes each. */
const LONG = '海'.repeat(4000)

/** A room with messages that were edited often and are long by now. */
async function edited(count: number, edits: number) {
  const scenario = await createScenario()
  const { bo, path, stub } = scenario
  const seqs: number[] = []
  for (let i = 0; i < count; i += 1) {
    seqs.push((await bo.post(`${path}/messages`, newMessage(`${i}`))).body.seq)
  }
  const since = seqs.at(-1) as number
  await runInDurableObject(stub, (_room, { storage: { sql } }) => {
    for (let i = 0; i < edits; i += 1) {
      sql.exec(
        `insert into events (seq, type, at, by, message_seq, audited) values (?, 'message.edited', 1, ?, ?, 0)`,
        since + 1 + i,
        bo.id,
        seqs[i % count] as number,
      )
    }
    sql.exec('update messages set text = ? where author_id = ?', LONG, bo.id)
  })
  await evictDurableObject(stub)
  return { ...scenario, seqs, since }
}

it('a replay has each message once, however often it was edited', async () => {
  const { bo, room, path, seqs, since } = await edited(10, 940)
  const socket = await connect(bo.token, room.id, { after: since })
  await socket.until(() => socket.events.length === 940)
  const whole = socket.events.filter((event) => 'message' in event)
  expect(whole.map((event) => 'messageSeq' in event && event.messageSeq)).toEqual(seqs)
  const bytes = new TextEncoder().encode(JSON.stringify(socket.events)).length
  expect(bytes).toBeLessThan(500_000)
  // A page is a replay of its own.
  const { body } = await bo.get(`${path}/events?after=${since}&limit=50`)
  expect(body.items.filter((event: Event) => 'message' in event)).toHaveLength(10)
})

it('a live edit has the message always', async () => {
  const { bo, room, path, since } = await edited(1, 1)
  const socket = await connect(bo.token, room.id, { after: since })
  const edit = await bo.patch(`${path}/messages/${since}`, { text: 'once more' })
  expect(edit.status).toBe(200)
  expect(await socket.event(since + 2)).toMatchObject({
    type: 'message.edited',
    messageSeq: since,
    message: { text: 'once more' },
  })
})

it('more than two megabytes of text are a snapshot, whatever their number', async () => {
  const { bo, room, since } = await edited(180, 1)
  const first = await connect(bo.token, room.id, { after: since - 179 })
  expect(first.ready).toMatchObject({ resumed: 'limited' })
  const later = await connect(bo.token, room.id, { after: since - 100 })
  expect(later.ready).toMatchObject({ resumed: true })
  expect(180 * 12_000).toBeGreaterThan(MAX_REPLAY_BYTES)
})

it('the size of a replay is known without its texts, and reactions load none', async () => {
  const { bo, path, stub, since, seqs } = await edited(3, 0)
  for (const emoji of ['👍', '🎉', '🌊']) {
    for (const seq of seqs) {
      await bo.put(`${path}/messages/${seq}/reactions/${encodeURIComponent(emoji)}/@me`)
    }
  }
  const spy = await spyOnSql(stub)
  const found = await runInDurableObject(stub, (_room, { storage: { sql } }) => ({
    bytes: events.textBytesAfter(sql, since - 2),
    events: events.after(sql, since, 100),
  }))
  spy.restore()
  expect(found.bytes).toBe(2 * 12_000)
  expect(found.events).toHaveLength(9)
  expect(spy.statements.filter(({ query }) => /\btext, created_at/.test(query))).toHaveLength(1)
  expect(spy.statements.filter(({ query }) => /\bnull, created_at/.test(query))).toHaveLength(1)
})

it('replies load their thread once and without its text, posted or deleted', async () => {
  const { bo, path, stub, since } = await edited(1, 0)
  for (let i = 0; i < 5; i += 1) {
    const reply = await bo.post(`${path}/messages`, {
      ...newMessage(`${i}`),
      replyTo: since,
    })
    expect((await bo.delete(`${path}/messages/${reply.body.seq}`)).status).toBe(204)
  }
  const spy = await spyOnSql(stub)
  const found = await runInDurableObject(stub, (_room, { storage: { sql } }) => ({
    all: events.after(sql, since, 100),
    deletions: events.after(sql, since + 9, 100),
  }))
  spy.restore()
  expect(found.all.map((event) => 'root' in event && event.root?.seq)).toEqual(
    Array(10).fill(since),
  )
  expect(found.deletions).toEqual(found.all.slice(-1))
  const loads = spy.statements.filter(({ query }) => query.includes('as rows'))
  const withText = loads.filter(({ query }) => /\btext, created_at/.test(query))
  // Each replay loads the posts and the root; the second one also loads the reply that it only sees deleted.
  expect(loads).toHaveLength(5)
  expect(withText).toHaveLength(3)
})

it('asking for space costs the same however many replays are unread', () => {
  const replays = new UnreadReplays({ hasPinged: () => false, close: () => {} })
  let reads = 0
  for (let i = 0; i < 500; i += 1) {
    expect(replays.hasRoom('ana', 1000, 0)).toBe(true)
    const replay = {
      userId: 'ana',
      sentAt: 0,
      get bytes() {
        reads += 1
        return 1000
      },
    }
    replays.add({} as WebSocket, replay)
  }
  expect(reads).toBeLessThanOrEqual(1000)
})

it('a socket that is closed or pings makes space', async () => {
  const { bo, room, since } = await edited(150, 1)
  const open = () => connect(bo.token, room.id, { after: since - 149 })
  const silent = [await open()]
  while (!silent.at(-1)?.closed) silent.push(await open())
  const [one, other] = silent as [RoomSocket, RoomSocket]
  one.close()
  await one.end()
  expect((await open()).ready).toMatchObject({ resumed: true })
  expect((await open()).closed).toMatchObject({ code: 4429 })
  const ponged = new Promise<void>((resolve) => {
    other.onPong = resolve
  })
  other.send('ping')
  await ponged
  expect((await open()).ready).toMatchObject({ resumed: true })
  expect((await open()).closed).toMatchObject({ code: 4429 })
})

it('unread replays are bounded for a user and a room; a ping, a frame or a minute of silence makes space', () => {
  const socket = (): WebSocket => ({}) as WebSocket
  const pinged = new Set<WebSocket>()
  const closed: WebSocket[] = []
  const replays: UnreadReplays = new UnreadReplays({
    hasPinged: (one) => pinged.has(one),
    close: (one) => {
      closed.push(one)
      replays.forget(one)
    },
  })
  const MEBIBYTE = 1024 * 1024
  const open = (userId: string, mebibytes: number, now: number): WebSocket | null => {
    if (!replays.hasRoom(userId, mebibytes * MEBIBYTE, now)) return null
    const one = socket()
    replays.add(one, { userId, bytes: mebibytes * MEBIBYTE, sentAt: now })
    return one
  }
  const own = Array.from({ length: 4 }, () => open('ana', 2, 0))
  expect(own).not.toContain(null)
  expect(open('ana', 1, 1000)).toBeNull()
  for (const user of ['bo', 'cy', 'di']) expect(open(user, 8, 1000)).not.toBeNull()
  expect(open('ed', 1, 1000)).toBeNull()
  pinged.add(own[0] as WebSocket)
  expect(open('ed', 2, 1000)).not.toBeNull()
  replays.forget(own[1] as WebSocket)
  expect(open('ana', 2, 1000)).not.toBeNull()
  expect([open('flo', 1, 59_000), closed]).toEqual([null, []])
  expect(open('flo', 1, 60_000)).not.toBeNull()
  expect(closed).toEqual([own[2], own[3]])
})

it('a socket that finds no space is closed with 4429 and may come back', async () => {
  const { bo, room, since } = await edited(60, 1)
  const silent = []
  let refused: { code: number } | undefined
  for (let i = 0; i < 19 && !refused; i += 1) {
    const socket = await connect(bo.token, room.id, { after: since - 59 })
    silent.push(socket)
    refused = socket.closed
  }
  expect(refused).toMatchObject({ code: 4429 })
  for (const socket of silent) if (!socket.closed) socket.send('{"do":"typing"}')
  const again = await connect(bo.token, room.id, { after: since - 59 })
  expect(again.ready).toMatchObject({ resumed: true })
})
