import { describe, expect, it, vi } from 'vitest'
import { befriend } from '../fixtures/relations'
import { newMessage } from '../fixtures/rooms'
import { connect, type RoomSocket } from '../fixtures/socket'
import { createUsers, type User } from '../fixtures/users'

/** ana and bo are friends and have their room, in which bo wrote. */
async function two() {
  const [ana, bo] = await createUsers('Ana', 'Bo')
  await befriend(ana, bo)
  const { body: room } = await ana.post(`/v1/direct/${bo.id}`)
  await bo.post(`/v1/direct/${ana.id}`)
  const path = `/v1/rooms/${room.id}`
  const { body: message } = await bo.post(`${path}/messages`, newMessage('Ahoy'))
  return { ana, bo, room, path, message }
}

const closings: [string, (ana: User, bo: User) => Promise<unknown>][] = [
  ['a block', (ana, bo) => ana.put(`/v1/me/blocks/${bo.id}`)],
  ['a closed door', (ana) => ana.patch('/v1/me', { messagePolicy: 'nobody' })],
]

const isRefused = async (one: User, path: string) =>
  !(await one.get(path)).body.me.capabilities.includes('message.post')

/** How one of the two sees the other in the list of members. */
async function seen(viewer: User, other: User, path: string) {
  const { body } = await viewer.get(`${path}/members`)
  const one = await viewer.get(`${path}/members/${other.id}`)
  const listed = body.items.find(({ user }: { user: { id: string } }) => user.id === other.id)
  if (one.status === 200) expect(one.body).toEqual(listed)
  return { online: listed.online, readSeq: listed.readSeq }
}

const presenceOf = (socket: RoomSocket, { id }: User) =>
  socket.live.flatMap((live) =>
    live.type === 'presence' && live.userId === id ? [live.online] : [],
  )

describe.each(closings)('in a direct room, after %s', (_, close) => {
  it('neither sees when the other comes, goes and reads, live or in the list of members', async () => {
    const { ana, bo, room, path, message } = await two()
    const a = await connect(ana.token, room.id)
    const b = await connect(bo.token, room.id)
    await a.until(() => presenceOf(a, bo).at(-1) === true)
    expect(b.ready?.online.count).toBe(2)
    expect(await seen(bo, ana, path)).toMatchObject({ online: true })
    await close(ana, bo)
    await vi.waitFor(async () => expect(await isRefused(bo, path)).toBe(true), {
      timeout: 8000,
      interval: 100,
    })
    // Each is told once, in the same moment as the room's change.
    await b.until(() => presenceOf(b, ana).at(-1) === false, 'ana gone')
    await a.until(() => presenceOf(a, bo).at(-1) === false, 'bo gone')
    expect(await seen(bo, ana, path)).toEqual({ online: false, readSeq: null })
    expect(await seen(ana, bo, path)).toEqual({ online: false, readSeq: null })
    const told = b.live.length
    await ana.put(`${path}/read-marker`, { seq: message.seq })
    a.close()
    await new Promise((resolve) => setTimeout(resolve, 1100))
    const again = await connect(ana.token, room.id)
    expect(again.ready?.online).toEqual({ count: 1, users: [ana.id] })
    await again.until(() => again.live.length > 0, 'own presence')
    b.send({ do: 'read.mark', ref: 1, seq: message.seq })
    await b.answer(1)
    expect(b.live.slice(told)).toEqual([])
    expect(again.live.filter((live) => live.userId === bo.id)).toEqual([])
  })
})

it('after a block nobody reacts, edits, pins or is seen typing, and both can still read', async () => {
  const { ana, bo, room, path, message } = await two()
  const a = await connect(ana.token, room.id)
  const b = await connect(bo.token, room.id)
  await ana.put(`/v1/me/blocks/${bo.id}`)
  const { seq } = message
  const refused = [
    { do: 'message.post', nonce: 'late', text: 'Hear me', replyTo: seq },
    { do: 'message.edit', seq, text: 'Hear me' },
    { do: 'reaction.add', seq, emoji: '👍' },
    { do: 'reaction.remove', seq, emoji: '👍' },
    { do: 'typing' },
  ]
  for (const [ref, command] of refused.entries()) {
    b.send({ ...command, ref })
    expect(await b.answer(ref)).toMatchObject({ problem: { code: 'not_connected' } })
  }
  for (const act of [bo.put, bo.delete]) {
    expect((await act(`${path}/pins/${seq}`)).body.code).toBe('not_connected')
  }
  expect(a.live.filter(({ type }) => type === 'typing')).toEqual([])
  expect((await bo.get(`${path}/messages`)).status).toBe(200)
  expect(a.closed ?? b.closed).toBeUndefined()
})

it('when the block is lifted and the two connect again, each sees the other again', async () => {
  const { ana, bo, room, path } = await two()
  const a = await connect(ana.token, room.id)
  const b = await connect(bo.token, room.id)
  await ana.put(`/v1/me/blocks/${bo.id}`)
  await b.until(() => presenceOf(b, ana).at(-1) === false, 'ana gone')
  await ana.delete(`/v1/me/blocks/${bo.id}`)
  await befriend(ana, bo)
  await b.until(() => presenceOf(b, ana).at(-1) === true, 'ana back')
  await a.until(() => presenceOf(a, bo).at(-1) === true, 'bo back')
  expect(await seen(bo, ana, path)).toMatchObject({ online: true, readSeq: expect.any(Number) })
})
