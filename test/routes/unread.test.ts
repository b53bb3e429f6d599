import { env } from 'cloudflare:workers'
import { expect, it } from 'vitest'
import { open } from '../../src/directory/database'
import * as unread from '../../src/directory/unread'
import { newMessage } from '../fixtures/rooms'
import { createScenario } from '../fixtures/scenario'

const none = { rooms: 0, unread: 0, unreadMentions: 0 }
const nothing = { ...none, badge: 0, threads: 0, snoozed: none }

async function twoRooms() {
  const { ana, bo, room, path } = await createScenario()
  const { body: second } = await ana.post('/v1/rooms', { name: 'Pier' })
  await bo.put(`/v1/rooms/${second.id}/members/@me`)
  await ana.post(`${path}/messages`, { ...newMessage('one'), mentions: [bo.id] })
  await ana.post(`/v1/rooms/${second.id}/messages`, { ...newMessage('two'), mentionsRoom: true })
  await ana.post(`/v1/rooms/${second.id}/messages`, newMessage('three'))
  for (const [id, seq] of [
    [room.id, 3],
    [second.id, 4],
  ]) {
    await bo.get(`/v1/me/rooms?seen=${id}:${seq}`)
  }
  return { ana, bo, path, second }
}

it('what is unread in all rooms is counted together', async () => {
  const { ana, bo } = await twoRooms()
  const { body } = await bo.get('/v1/me/unread')
  expect(body).toEqual({ ...nothing, rooms: 2, unread: 3, unreadMentions: 2, badge: 2 })
  expect((await ana.get('/v1/me/unread')).body.unread).toBe(0)
})

it('marking all as read clears what the list of rooms shows, at once', async () => {
  const { bo, path } = await twoRooms()
  expect((await bo.put('/v1/me/read-marker')).body).toEqual(nothing)
  expect((await bo.get('/v1/me/unread')).body).toEqual(nothing)
  expect((await bo.get(path)).body.me).toMatchObject({ unread: 0, unreadMentions: 0 })
  expect((await bo.put('/v1/me/read-marker')).body).toEqual(nothing)
})

it('a mention in a thread is counted and cleared, though the timeline has nothing unread', async () => {
  const { ana, bo, room, path } = await createScenario()
  const { body: root } = await bo.post(`${path}/messages`, newMessage('When is high tide?'))
  const aside = { ...newMessage('Ask Bo'), replyTo: root.seq, mentions: [bo.id] }
  const { body: reply } = await ana.post(`${path}/messages`, aside)
  await bo.get(`/v1/me/rooms?seen=${room.id}:${reply.seq}`)
  const { body } = await bo.get('/v1/me/unread')
  expect(body).toEqual({ ...nothing, unreadMentions: 1, badge: 1, threads: 1 })
  expect((await bo.get(path)).body.me).toMatchObject({ unread: 0, unreadMentions: 1 })
  expect((await bo.put('/v1/me/read-marker')).body).toMatchObject({ unreadMentions: 0, threads: 1 })
})

it('what arrives while all is marked as read stays unread', async () => {
  const { ana, bo, path } = await twoRooms()
  const rooms = await unread.list(open(env.DB), bo.id, 10)
  await ana.post(`${path}/messages`, newMessage('meanwhile'))
  for (const { roomId, seq } of rooms) {
    await env.ROOMS.get(env.ROOMS.idFromName(roomId)).markRead({ userId: bo.id }, seq)
  }
  expect((await bo.get('/v1/me/unread')).body).toMatchObject({ rooms: 1, unread: 1 })
})

it('members see how far each other has read, unless receipts are private', async () => {
  const { ana, bo, path } = await createScenario()
  const { body: message } = await ana.post(`${path}/messages`, newMessage('one'))
  const read = async () => {
    const { body } = await ana.get(`${path}/members`)
    return body.items.map(({ readSeq }: { readSeq: number | null }) => readSeq)
  }
  expect(await read()).toEqual([message.seq, 1])
  await bo.put(`${path}/read-marker`, { seq: message.seq })
  expect(await read()).toEqual([message.seq, message.seq])
  await ana.patch(path, { receipts: 'private' })
  expect(await read()).toEqual([null, null])
})
