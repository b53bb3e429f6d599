import { evictDurableObject } from 'cloudflare:test'
import { expect, it } from 'vitest'
import { newMessage } from '../fixtures/rooms'
import { createScenario } from '../fixtures/scenario'
import { connect } from '../fixtures/socket'

async function talk() {
  const room = await createScenario()
  for (const text of ['one', 'two', 'three']) {
    await room.bo.post(`${room.path}/messages`, newMessage(text))
  }
  const mark = (seq: number, unread?: boolean) =>
    room.ana.put(`${room.path}/read-marker`, { seq, ...(unread && { unread }) })
  return { ...room, mark }
}

it('a marker moves forward and never back unless that is meant', async () => {
  const { mark } = await talk()
  expect((await mark(4)).body).toEqual({ seq: 4, unread: 1, unreadMentions: 0 })
  expect((await mark(3)).body).toEqual({ seq: 4, unread: 1, unreadMentions: 0 })
  expect((await mark(3, true)).body).toEqual({ seq: 3, unread: 2, unreadMentions: 0 })
  expect((await mark(99)).body.code).toBe('invalid')
})

it('marking as unread outlasts your own posts and an eviction', async () => {
  const { ana, path, stub, mark } = await talk()
  await ana.post(`${path}/messages`, newMessage('four'))
  expect((await mark(2, true)).body).toEqual({ seq: 2, unread: 4, unreadMentions: 0 })
  await evictDurableObject(stub)
  expect((await ana.get(path)).body.me).toMatchObject({ unread: 4, sentCount: 1 })
})

it('a marker survives an eviction and reaches the list of my rooms', async () => {
  const { ana, room, path, stub, mark } = await talk()
  await mark(4)
  await evictDurableObject(stub)
  expect((await ana.get(path)).body.me).toMatchObject({ unread: 1, readSeq: 4 })
  await ana.post(`${path}/messages`, newMessage('four'))
  await mark(3, true)
  const { body } = await ana.get(`/v1/me/rooms?seen=${room.id}:6&sort=unread`)
  expect(body.items[0].me).toMatchObject({ unread: 3, readSeq: 3 })
})

it('a list that had the room already has a marker that moved since', async () => {
  const { ana, room, mark } = await talk()
  const list = () => ana.get(`/v1/me/rooms?seen=${room.id}:5`)
  expect((await list()).body.items[0].me).toMatchObject({ unread: 3 })
  await mark(5)
  expect((await list()).body.items[0].me).toMatchObject({ unread: 0, readSeq: 5 })
  await mark(3, true)
  expect((await list()).body.items[0].me).toMatchObject({ unread: 2, readSeq: 3 })
})

it('a marker at an event that is no message survives an eviction too', async () => {
  const { ana, cy, path, stub, mark } = await talk()
  await mark(5)
  const { body } = await cy.put(`${path}/members/@me`)
  await ana.patch(path, { topic: 'Sea' })
  expect(body.me.role).toBe('member')
  await mark(6)
  await evictDurableObject(stub)
  await ana.patch(path, { topic: 'Shore' })
  expect((await ana.get('/v1/me/rooms')).body.items[0].me).toMatchObject({ readSeq: 6 })
})

it('in a small room with public receipts the others see it; with private ones nobody does', async () => {
  const { ana, bo, room, path } = await talk()
  const socket = await connect(bo.token, room.id)
  const reader = await connect(ana.token, room.id)
  reader.send({ do: 'read.mark', ref: 1, seq: 3 })
  expect(await reader.answer(1)).toEqual({ ref: 1, seq: 3 })
  await socket.until(() => socket.live.find((l) => l.type === 'read' && l.seq === 3))
  await ana.patch(path, { receipts: 'private' })
  reader.send({ do: 'read.mark', ref: 2, seq: 4 })
  await reader.answer(2)
  await bo.post(`${path}/messages`, newMessage('after'))
  await socket.event(7)
  expect(socket.live.filter(({ type }) => type === 'read').length).toBe(1)
})

it('an outsider has no marker', async () => {
  const { cy, path } = await talk()
  expect((await cy.put(`${path}/read-marker`, { seq: 3 })).body.code).toBe('forbidden')
})

it('edits keep what was said before, newest first; deleting takes it all', async () => {
  const { bo, path } = await talk()
  for (const text of ['uno', 'eins']) await bo.patch(`${path}/messages/3`, { text })
  const { body } = await bo.get(`${path}/messages/3/versions`)
  expect(body.items.map(({ text }: { text: string }) => text)).toEqual(['uno', 'one'])
  await bo.delete(`${path}/messages/3`)
  expect((await bo.get(`${path}/messages/3/versions`)).body.items).toEqual([])
})
