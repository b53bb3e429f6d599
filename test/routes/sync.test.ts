import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { expect, it } from 'vitest'
import { createRoom, newMessage } from '../fixtures/rooms'
import { createScenario } from '../fixtures/scenario'

const newRoom = async (...of: Parameters<typeof createRoom>) => (await createRoom(...of)).room

const seqsOf = ({ items }: { items: { seq: number }[] }) => items.map(({ seq }) => seq)

it('what happened in many rooms is read by one request', async () => {
  const { ana, bo, room, path, seq } = await createScenario()
  const other = await newRoom(ana, { name: 'Pier' })
  const posted = await bo.post(`${path}/messages`, newMessage('hello'))
  const { status, body } = await ana.post('/v1/me/sync', {
    rooms: { [room.id]: seq, [other.id]: 0 },
  })
  expect(status).toBe(200)
  expect(Object.keys(body.rooms)).toEqual([room.id, other.id])
  expect(seqsOf(body.rooms[room.id])).toEqual([posted.body.seq])
  expect(body.rooms[room.id]).toMatchObject({ seq: posted.body.seq, more: false })
  const events = await ana.get(`${path}/events?after=${seq}`)
  expect(body.rooms[room.id]).toEqual(events.body)
  const again = await ana.post('/v1/me/sync', { rooms: { [room.id]: posted.body.seq } })
  expect(again.body.rooms[room.id].items).toEqual([])
})

it('a room that one may not read, or that is not there, is refused alone', async () => {
  const { ana, bo, room, path } = await createScenario()
  const closed = await newRoom(ana, { access: 'closed' })
  await ana.put(`${path}/bans/${bo.id}`, {})
  const rooms = { [room.id]: 0, [closed.id]: 0, nowhere: 0 }
  const { body } = await bo.post('/v1/me/sync', { rooms })
  const codes = Object.values<{ problem: { code: string } }>(body.rooms).map(
    (one) => one.problem.code,
  )
  expect(codes).toEqual(['banned', 'not_found', 'not_found'])
  const ahead = await ana.post('/v1/me/sync', { rooms: { [room.id]: 999 } })
  expect(ahead.body.rooms[room.id]).toMatchObject({ problem: { code: 'invalid' } })
})

it('the answer has a megabyte at most; what does not fit is deferred, and read by asking again', async () => {
  const { ana, bo } = await createScenario()
  const long = '海'.repeat(4000)
  const rooms = await Promise.all(Array.from({ length: 12 }, () => newRoom(ana, {})))
  const seen: Record<string, number> = {}
  for (const { id } of rooms) {
    for (let i = 0; i < 12; i += 1) await bo.post(`/v1/rooms/${id}/messages`, newMessage(long))
    seen[id] = 0
  }
  const wanted = new Set(rooms.map(({ id }) => id))
  let answers = 0
  while (wanted.size > 0) {
    const { body } = await ana.post('/v1/me/sync', {
      rooms: Object.fromEntries([...wanted].map((id) => [id, seen[id]])),
    })
    answers += 1
    expect(Buffer.byteLength(JSON.stringify(body))).toBeLessThan(1024 * 1024 + 10_000)
    if (answers === 1) expect(JSON.stringify(body)).toContain('"deferred":true')
    for (const [id, one] of Object.entries<never>(body.rooms)) {
      const { deferred, items, more } = one as { deferred?: true; items: []; more: boolean }
      if (deferred) continue
      seen[id] = seqsOf({ items }).at(-1) ?? seen[id] ?? 0
      if (!more) wanted.delete(id)
    }
  }
  expect(answers).toBeLessThan(6)
  for (const { id } of rooms) expect(seen[id]).toBe((await ana.get(`/v1/rooms/${id}`)).body.seq)
})

it('a room whose snapshot alone is more than a megabyte is answered all the same', async () => {
  const { ana, bo, room, stub } = await createScenario()
  await runInDurableObject(stub, (_room, { storage: { sql } }) => {
    sql.exec(
      `with recursive i(n) as (select 1 union all select n + 1 from i where n < 1100)
      insert into messages (seq, n, t, author_id, nonce, text, created_at)
      select 100 + n, n, n, ?, 'nonce' || n, ?, 0 from i`,
      bo.id,
      'x'.repeat(30_000),
    )
  })
  await evictDurableObject(stub)
  const { body } = await ana.post('/v1/me/sync', { rooms: { [room.id]: 1, nowhere: 0 } })
  expect(body.rooms[room.id]).toMatchObject({ limited: true })
  expect(body.rooms.nowhere).toEqual({ deferred: true })
})

it('fifty rooms are the most, and each counts as a request', async () => {
  const { ana } = await createScenario()
  const rooms = (count: number) => ({
    rooms: Object.fromEntries(Array.from({ length: count }, (_, index) => [`none${index}`, 0])),
  })
  expect((await ana.post('/v1/me/sync', rooms(51))).status).toBe(400)
  expect((await ana.post('/v1/me/sync', { rooms: {} })).status).toBe(400)
  // The tests let 3,000 requests pass at once, and a room that is not there counts as ten.
  const statuses: number[] = []
  while (statuses.length < 8) statuses.push((await ana.post('/v1/me/sync', rooms(50))).status)
  expect(statuses[0]).toBe(200)
  expect(statuses.at(-1)).toBe(429)
})

it('`seen` brings twenty rooms up to date in the list', async () => {
  const { ana, bo } = await createScenario()
  const rooms = await Promise.all(Array.from({ length: 4 }, () => newRoom(ana, {})))
  const seen = await Promise.all(
    rooms.map(async ({ id }) => {
      const { body } = await bo.post(`/v1/rooms/${id}/messages`, newMessage('hello'))
      return `${id}:${body.seq}`
    }),
  )
  const { body } = await ana.get(`/v1/me/rooms?seen=${seen.join(',')}`)
  const shown = new Map(body.items.map((room: { id: string; seq: number }) => [room.id, room.seq]))
  for (const pair of seen) {
    const [id, seq] = pair.split(':')
    expect(shown.get(id)).toBe(Number(seq))
  }
  const many = Array.from({ length: 21 }, () => seen[0]).join(',')
  expect((await ana.get(`/v1/me/rooms?seen=${many}`)).status).toBe(400)
})
