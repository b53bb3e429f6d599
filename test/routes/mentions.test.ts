import { evictDurableObject } from 'cloudflare:test'
import { expect, it } from 'vitest'
import { newMessage } from '../fixtures/rooms'
import { createScenario } from '../fixtures/scenario'
import type { User } from '../fixtures/users'

const unread = async (person: User, path: string) => (await person.get(path)).body.me.unreadMentions

async function talk() {
  const room = await createScenario()
  const { path } = room
  const mention = async (by: User, ...people: User[]) =>
    (
      await by.post(`${path}/messages`, {
        ...newMessage('look'),
        mentions: people.map(({ id }) => id),
      })
    ).body
  const everybody = async (by: User) =>
    (await by.post(`${path}/messages`, { ...newMessage('all'), mentionsRoom: true })).body
  return { ...room, mention, everybody }
}

it('a message says whom it mentions', async () => {
  const { ana, bo, mention } = await talk()
  expect(await mention(ana, bo, bo)).toMatchObject({ mentions: [bo.id], mentionsRoom: false })
})

it('only members are mentioned, twenty-five at most', async () => {
  const { ana, bo, cy, path, mention } = await talk()
  expect((await mention(ana, bo, cy)).code).toBe('invalid')
  const mentions = Array.from({ length: 26 }, (_, i) => `${i}`)
  const { body } = await ana.post(`${path}/messages`, { ...newMessage('all of you'), mentions })
  expect(body.errors).toMatchObject([{ message: expect.stringContaining('25') }])
})

it('everybody is mentioned by those who may', async () => {
  const { ana, bo, path, everybody } = await talk()
  expect((await everybody(bo)).code).toBe('forbidden')
  expect(await everybody(ana)).toMatchObject({ mentions: [], mentionsRoom: true })
  expect(await unread(bo, path)).toBe(1)
  expect(await unread(ana, path)).toBe(0)
})

it('unread mentions go with the marker, in the room and in the list of rooms', async () => {
  const { ana, bo, room, path, mention, everybody } = await talk()
  const first = await mention(ana, bo)
  await everybody(ana)
  const both = await ana.post(`${path}/messages`, {
    ...newMessage('bo, and all'),
    mentions: [bo.id],
    mentionsRoom: true,
  })
  expect(await unread(bo, path)).toBe(3)
  const listed = async (seq: number) =>
    (await bo.get(`/v1/me/rooms?seen=${room.id}:${seq}`)).body.items[0].me.unreadMentions
  expect(await listed(both.body.seq)).toBe(3)
  const marked = await bo.put(`${path}/read-marker`, { seq: first.seq })
  expect(marked.body).toEqual({ seq: first.seq, unread: 2, unreadMentions: 2 })
  const { seq } = await mention(ana, bo)
  expect(await listed(seq)).toBe(3)
  await bo.post(`${path}/messages`, newMessage('seen'))
  expect(await unread(bo, path)).toBe(0)
  expect(await listed(seq + 1)).toBe(0)
})

it('whoever joins has no mentions from before', async () => {
  const { ana, cy, path, everybody } = await talk()
  await everybody(ana)
  await cy.put(`${path}/members/@me`)
  expect(await unread(cy, path)).toBe(0)
})

it('mentions reach the list of rooms also through an eviction', async () => {
  const { ana, bo, room, path, stub, mention } = await talk()
  const { body: first } = await ana.post(`${path}/messages`, newMessage('a dirty period has begun'))
  await bo.get(`/v1/me/rooms?seen=${room.id}:${first.seq}`)
  const { seq } = await mention(ana, bo)
  await evictDurableObject(stub)
  const { body } = await bo.get(`/v1/me/rooms?seen=${room.id}:${seq}`)
  expect(body.items[0].me).toMatchObject({ unread: 2, unreadMentions: 1 })
})

it('my mentions are the messages that name me, newest first, page by page', async () => {
  const { ana, bo, room, path, mention } = await talk()
  const first = await mention(ana, bo)
  await mention(ana, ana)
  await ana.post(`${path}/messages`, newMessage('nobody'))
  const second = await mention(ana, bo)
  await bo.get(`/v1/me/rooms?seen=${room.id}:${second.seq}`)
  const newest = await bo.get('/v1/me/mentions?limit=1')
  expect(newest.body.items).toEqual([second])
  const older = await bo.get(`/v1/me/mentions?limit=1&cursor=${newest.body.nextCursor}`)
  expect(older.body).toEqual({ items: [first], nextCursor: null })
  expect((await ana.get('/v1/me/mentions')).body.items).toEqual([])
})

it('my mentions leave out what was deleted, and rooms that I am out of', async () => {
  const { ana, bo, room, path, mention } = await talk()
  const first = await mention(ana, bo)
  const second = await mention(ana, bo)
  await bo.get(`/v1/me/rooms?seen=${room.id}:${second.seq}`)
  await ana.delete(`${path}/messages/${first.seq}`)
  expect((await bo.get('/v1/me/mentions')).body.items).toEqual([second])
  await ana.delete(`${path}/members/${bo.id}`)
  expect((await bo.get('/v1/me/mentions')).body.items).toEqual([])
})

it('a mention by someone whom they block reaches neither their mentions nor their counts', async () => {
  const { ana, bo, room, path, stub, mention } = await talk()
  const before = await mention(ana, bo)
  const listed = async (seq: number) =>
    (await bo.get(`/v1/me/rooms?seen=${room.id}:${seq}`)).body.items[0].me.unreadMentions
  expect(await listed(before.seq)).toBe(1)
  await bo.put(`/v1/me/blocks/${ana.id}`)
  const { seq, mentions } = await mention(ana, bo)
  // The log is the same for all, so the message says it as ever.
  expect(mentions).toEqual([bo.id])
  expect(await listed(seq)).toBe(1)
  expect(await unread(bo, path)).toBe(1)
  expect((await bo.get('/v1/me/mentions')).body.items).toEqual([])
  await evictDurableObject(stub)
  expect(await unread(bo, path)).toBe(1)
  await bo.delete(`/v1/me/blocks/${ana.id}`)
  expect((await bo.get('/v1/me/mentions')).body.items).toEqual([before])
})
