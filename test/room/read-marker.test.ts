import { evictDurableObject } from 'cloudflare:test'
import { expect, it } from 'vitest'
import { newMessage } from '../fixtures/rooms'
import { createScenario } from '../fixtures/scenario'
import { connect } from '../fixtures/socket'

/** bo posted three messages, with the seqs one, two and three. */
async function talk() {
  const room = await createScenario()
  const post = async (text: string): Promise<number> =>
    (await room.bo.post(`${room.path}/messages`, newMessage(text))).body.seq
  const [one, two, three] = [await post('one'), await post('two'), await post('three')]
  const mark = (seq: number, unread?: boolean) =>
    room.ana.put(`${room.path}/read-marker`, { seq, ...(unread && { unread }) })
  return { ...room, one, two, three, mark }
}

it('a marker moves forward and never back unless that is meant', async () => {
  const { mark, one, two, three } = await talk()
  expect((await mark(two)).body).toEqual({ seq: two, unread: 1, unreadMentions: 0 })
  expect((await mark(one)).body).toEqual({ seq: two, unread: 1, unreadMentions: 0 })
  expect((await mark(one, true)).body).toEqual({ seq: one, unread: 2, unreadMentions: 0 })
  expect((await mark(three + 1)).body.code).toBe('invalid')
})

it('marking as unread outlasts your own posts and an eviction', async () => {
  const { ana, path, stub, mark, one } = await talk()
  await ana.post(`${path}/messages`, newMessage('four'))
  expect((await mark(one - 1, true)).body).toEqual({ seq: one - 1, unread: 4, unreadMentions: 0 })
  await evictDurableObject(stub)
  expect((await ana.get(path)).body.me).toMatchObject({ unread: 4, sentCount: 1 })
})

it('a marker survives an eviction and reaches the list of my rooms', async () => {
  const { ana, room, path, stub, mark, one, two } = await talk()
  await mark(two)
  await evictDurableObject(stub)
  expect((await ana.get(path)).body.me).toMatchObject({ unread: 1, readSeq: two })
  const { body: four } = await ana.post(`${path}/messages`, newMessage('four'))
  await mark(one, true)
  const { body } = await ana.get(`/v1/me/rooms?seen=${room.id}:${four.seq}&sort=unread`)
  expect(body.items[0].me).toMatchObject({ unread: 3, readSeq: one })
})

it('a list that had the room already has a marker that moved since', async () => {
  const { ana, room, mark, one, three } = await talk()
  const list = () => ana.get(`/v1/me/rooms?seen=${room.id}:${three}`)
  expect((await list()).body.items[0].me).toMatchObject({ unread: 3 })
  await mark(three)
  expect((await list()).body.items[0].me).toMatchObject({ unread: 0, readSeq: three })
  await mark(one, true)
  expect((await list()).body.items[0].me).toMatchObject({ unread: 2, readSeq: one })
})

it('a marker at an event that is no message survives an eviction too', async () => {
  const { ana, cy, path, stub, mark, three } = await talk()
  await mark(three)
  const { body } = await cy.put(`${path}/members/@me`)
  const joined = body.seq
  await ana.patch(path, { topic: 'Sea' })
  expect(body.me.role).toBe('member')
  await mark(joined)
  await evictDurableObject(stub)
  await ana.patch(path, { topic: 'Shore' })
  expect((await ana.get('/v1/me/rooms')).body.items[0].me).toMatchObject({ readSeq: joined })
})

it('in a small room with public receipts the others see it; with private ones nobody does', async () => {
  const { ana, bo, room, path, one, two } = await talk()
  const socket = await connect(bo.token, room.id)
  const reader = await connect(ana.token, room.id)
  reader.send({ do: 'read.mark', ref: 1, seq: one })
  expect(await reader.answer(1)).toEqual({ ref: 1, seq: one })
  await socket.until(() => socket.live.find((l) => l.type === 'read' && l.seq === one))
  await ana.patch(path, { receipts: 'private' })
  reader.send({ do: 'read.mark', ref: 2, seq: two })
  await reader.answer(2)
  const { body } = await bo.post(`${path}/messages`, newMessage('after'))
  await socket.event(body.seq)
  expect(socket.live.filter(({ type }) => type === 'read').length).toBe(1)
})

it('where receipts are private, the own other sockets still learn of the own marker, and nobody else', async () => {
  const { ana, bo, room, path, one } = await talk()
  await ana.patch(path, { receipts: 'private' })
  const [phone, laptop] = [await connect(ana.token, room.id), await connect(ana.token, room.id)]
  const other = await connect(bo.token, room.id)
  phone.send({ do: 'read.mark', ref: 1, seq: one })
  const told = await laptop.until(() => laptop.live.find(({ type }) => type === 'read'))
  expect(told).toMatchObject({ userId: ana.id, user: { displayName: 'Ana' }, seq: one })
  const { body } = await bo.post(`${path}/messages`, newMessage('after'))
  await other.event(body.seq)
  expect(other.live.filter(({ type }) => type === 'read')).toEqual([])
})

it('an outsider has no marker', async () => {
  const { cy, path, one } = await talk()
  expect((await cy.put(`${path}/read-marker`, { seq: one })).body.code).toBe('forbidden')
})

it('edits keep what was said before, newest first; deleting takes it all', async () => {
  const { bo, path, one } = await talk()
  for (const text of ['uno', 'eins']) await bo.patch(`${path}/messages/${one}`, { text })
  const { body } = await bo.get(`${path}/messages/${one}/versions`)
  expect(body.items.map(({ text }: { text: string }) => text)).toEqual(['uno', 'one'])
  await bo.delete(`${path}/messages/${one}`)
  expect((await bo.get(`${path}/messages/${one}/versions`)).body.items).toEqual([])
})
