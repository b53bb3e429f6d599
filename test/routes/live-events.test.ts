import { expect, it } from 'vitest'
import { stopClock } from '../fixtures/clock'
import { spyOnD1 } from '../fixtures/d1-spy'
import { createScenario } from '../fixtures/scenario'
import { connect, type RoomSocket } from '../fixtures/socket'
import { spyOnSql } from '../fixtures/sql-spy'

const customOf = ({ live }: RoomSocket) => live.filter(({ type }) => type === 'custom')

/** What a socket has got by the time that it is answered something else. */
async function settled(socket: RoomSocket) {
  socket.send({ do: 'read.mark', ref: 'settled', seq: 1 })
  await socket.answer('settled')
  return customOf(socket)
}

const event = (ref: number, data: unknown) => ({ do: 'live.send', ref, name: 'cursor', data })

it('every other socket of the room gets a live event as it was sent, and the sender only an answer', async () => {
  const { ana, bo, room, seq } = await createScenario()
  const [a, b, tab] = await Promise.all([ana, bo, bo].map(({ token }) => connect(token, room.id)))
  if (!a || !b || !tab) throw new Error('no socket')
  const data = { x: 1.5, constructor: { prototype: ['é', null, true] } }
  b.send(event(1, data))
  tab.send({ do: 'live.send', ref: 1, name: 'recording' })
  expect(await b.answer(1)).toEqual({ ref: 1, seq })
  await tab.answer(1)
  const by = { type: 'custom', userId: bo.id, user: expect.objectContaining({ id: bo.id }) }
  const cursor = { ...by, name: 'cursor', data }
  const recording = { ...by, name: 'recording', data: null }
  await a.until(() => customOf(a).length === 2)
  expect(customOf(a)).toEqual([cursor, recording])
  expect(await settled(b)).toEqual([recording])
  expect(await settled(tab)).toEqual([cursor])
})

it('a live event writes nothing, anywhere, and has no seq', async () => {
  const { ana, bo, room, path, seq, stub } = await createScenario()
  stopClock()
  const a = await connect(ana.token, room.id)
  const b = await connect(bo.token, room.id)
  await stub.syncDirectory(bo.id, seq)
  const [sql, d1] = [await spyOnSql(stub), spyOnD1()]
  for (let ref = 1; ref <= 5; ref += 1) b.send(event(ref, ref))
  await b.answer(5)
  await a.until(() => customOf(a).length === 5)
  sql.restore()
  d1.restore()
  expect([sql.rowsWritten(), d1.statements]).toEqual([0, []])
  expect((await ana.get(path)).body.seq).toBe(seq)
  const late = await connect(ana.token, room.id, { after: 0 })
  expect(customOf(late)).toEqual([])
})

it('five a second go out, of all sockets of a user; the next is told how long to wait', async () => {
  const { ana, bo, room } = await createScenario()
  const clock = stopClock()
  const [a, b, tab] = await Promise.all([ana, bo, bo].map(({ token }) => connect(token, room.id)))
  if (!a || !b || !tab) throw new Error('no socket')
  for (let ref = 1; ref <= 5; ref += 1) b.send(event(ref, ref))
  await b.answer(5)
  tab.send(event(6, 6))
  expect(await tab.answer(6)).toMatchObject({ problem: { code: 'rate_limited', retryAfter: 1 } })
  a.send(event(1, 'others may'))
  expect(await a.answer(1)).toMatchObject({ ref: 1, seq: expect.any(Number) })
  clock.advance(200)
  tab.send(event(7, 7))
  await tab.answer(7)
  await a.until(() => customOf(a).length === 6)
  expect(customOf(a).map((live) => live.type === 'custom' && live.data)).toEqual([1, 2, 3, 4, 5, 7])
})

it('a reader who is no member, and who is muted, sends none', async () => {
  const { ana, bo, cy, room, path } = await createScenario()
  await ana.patch(path, { access: 'open' })
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString()
  await ana.patch(`${path}/members/${bo.id}`, { mutedUntil: tomorrow })
  const [a, b, c] = await Promise.all([ana, bo, cy].map(({ token }) => connect(token, room.id)))
  if (!a || !b || !c) throw new Error('no socket')
  b.send(event(1, 1))
  c.send(event(1, 1))
  expect(await b.answer(1)).toMatchObject({ problem: { code: 'muted' } })
  expect(await c.answer(1)).toMatchObject({ problem: { code: 'forbidden' } })
  expect(await settled(a)).toEqual([])
  const { body } = await cy.get(path)
  expect(body.me).toBeNull()
})

it('after a block neither of the two gets a live event of the other', async () => {
  const { ana, bo } = await createScenario()
  await ana.put(`/v1/me/following/${bo.id}`)
  await bo.put(`/v1/me/following/${ana.id}`)
  const { body: room } = await ana.post(`/v1/direct/${bo.id}`)
  await bo.post(`/v1/direct/${ana.id}`)
  const [a, b] = [await connect(ana.token, room.id), await connect(bo.token, room.id)]
  a.send(event(1, 1))
  await b.until(() => customOf(b).length === 1)
  await ana.put(`/v1/me/blocks/${bo.id}`)
  for (const socket of [a, b]) {
    socket.send(event(2, 2))
    expect(await socket.answer(2)).toMatchObject({ problem: { code: 'not_connected' } })
  }
  expect([await settled(a), (await settled(b)).length]).toEqual([[], 1])
})

it('a name, its size and the size, depth and names of its data are held to the rules', async () => {
  const { bo, room } = await createScenario()
  const b = await connect(bo.token, room.id)
  const nest = (depth: number): unknown => (depth === 0 ? 1 : [nest(depth - 1)])
  const refused = [
    { name: '', data: 1 },
    { name: 'x'.repeat(65), data: 1 },
    { name: 'a b', data: 1 },
    { name: 'x', data: 'é'.repeat(512) },
    { name: 'x', data: nest(9) },
    { name: 'x', data: 1, more: 1 },
  ]
  for (const [ref, fields] of refused.entries()) {
    b.send({ do: 'live.send', ref, ...fields })
    expect([ref, await b.answer(ref)]).toMatchObject([ref, { problem: { code: 'invalid' } }])
  }
  b.send('{"do":"live.send","ref":"p","name":"x","data":[{"__proto__":{"isAdmin":true}}]}')
  expect(await b.answer('p')).toMatchObject({ problem: { code: 'invalid' } })
  const deep = `${'['.repeat(15_000)}${']'.repeat(15_000)}`
  b.send(`{"do":"live.send","ref":"d","name":"x","data":${deep}}`)
  expect(await b.answer('d')).toMatchObject({ problem: { code: 'invalid' } })
  for (const [index, data] of ['é'.repeat(511), nest(8)].entries()) {
    b.send({ do: 'live.send', ref: `ok ${index}`, name: 'x'.repeat(64), data })
    expect(await b.answer(`ok ${index}`)).toMatchObject({ seq: expect.any(Number) })
  }
})
