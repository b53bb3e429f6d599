import { evictDurableObject } from 'cloudflare:test'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { newMessage } from '../fixtures/rooms'
import { createScenario } from '../fixtures/scenario'
import { connect } from '../fixtures/socket'
import type { User } from '../fixtures/users'

async function thread() {
  const scenario = await createScenario()
  const { ana, bo, cy, path } = scenario
  await cy.put(`${path}/members/@me`)
  const say = async (by: User, text: string, more: object = {}) =>
    (await by.post(`${path}/messages`, { ...newMessage(text), ...more })).body
  const root = await say(bo, 'When is high tide?')
  const reply = (by: User, text: string, more: object = {}) =>
    say(by, text, { replyTo: root.seq, ...more })
  const at = `${path}/messages/${root.seq}`
  const state = async (of: User) => {
    const { following, unread } = (await of.get(`${at}/following`)).body
    return { following, unread }
  }
  return { ...scenario, ana, bo, cy, root, at, say, reply, state }
}

/** What someone's list of threads says, once the directory has what the room has. */
async function threadsOf(user: User, query = '') {
  const { body } = await user.get(`/v1/me/threads${query}`)
  return body.items.map(({ root, unread }: { root: { text: string }; unread: number }) => [
    root.text,
    unread,
  ])
}

it('who begins a thread, replies or is mentioned follows it; nobody else does', async () => {
  const { ana, bo, cy, root, reply, state } = await thread()
  const stranger = { following: false, unread: 0 }
  expect(await state(bo)).toEqual(stranger)
  await reply(ana, 'Six')
  expect(await state(bo)).toEqual({ following: true, unread: 1 })
  expect(await state(ana)).toEqual({ following: true, unread: 0 })
  expect(await state(cy)).toEqual(stranger)
  await reply(bo, 'Ask Cy', { mentions: [cy.id] })
  expect(await state(cy)).toEqual({ following: true, unread: 1 })
  expect(await state(bo)).toEqual({ following: true, unread: 0 })
  expect(await state(ana)).toEqual({ following: true, unread: 1 })
  expect(root.replyTo).toBeNull()
})

it('an edit that mentions someone makes them follow from there on, until an edit takes it back', async () => {
  const { ana, cy, path, reply, state } = await thread()
  const stranger = { following: false, unread: 0 }
  await reply(ana, 'Six')
  const { seq } = await reply(ana, 'Or seven')
  await reply(ana, 'I am not sure')
  const edit = (text: string) => ana.patch(`${path}/messages/${seq}`, { text })
  await edit(`Or seven, <@${cy.id}>?`)
  expect(await state(cy)).toEqual({ following: true, unread: 2 })
  await edit('Or seven')
  expect(await state(cy)).toEqual(stranger)
})

it('following by hand counts from now on, and ends by hand, which only a reply of yours undoes', async () => {
  const { ana, bo, cy, at, reply, state } = await thread()
  await reply(ana, 'Six')
  expect((await cy.put(`${at}/following`)).body).toMatchObject({ following: true, unread: 0 })
  await reply(ana, 'Or seven')
  expect(await state(cy)).toEqual({ following: true, unread: 1 })
  expect((await cy.delete(`${at}/following`)).status).toBe(204)
  await reply(ana, 'Cy?', { mentions: [cy.id] })
  expect(await state(cy)).toEqual({ following: false, unread: 0 })
  await reply(cy, 'Yes')
  await reply(bo, 'Thanks')
  expect(await state(cy)).toEqual({ following: true, unread: 1 })
})

it('the marker of a thread moves forward, and back if asked', async () => {
  const { ana, bo, at, reply } = await thread()
  const first = await reply(ana, 'one')
  const second = await reply(ana, 'two')
  const mark = async (readSeq: number, unread?: boolean) =>
    (await bo.put(`${at}/read-marker`, { readSeq, ...(unread && { unread }) })).body.unread
  expect(await mark(first.seq)).toBe(1)
  expect(await mark(second.seq)).toBe(0)
  expect(await mark(first.seq)).toBe(0)
  expect(await mark(first.seq, true)).toBe(1)
  expect(await mark(0, true)).toBe(2)
})

it('threads of all rooms are listed by their latest reply, and counted', async () => {
  const { ana, bo, path, say, reply, at } = await thread()
  const other = await say(bo, 'Who has the rope?')
  await reply(ana, 'Six')
  const last = await say(ana, 'Me', { replyTo: other.seq })
  await bo.get(`/v1/me/rooms?seen=${path.slice(10)}:${last.seq}`)
  expect(await threadsOf(bo)).toEqual([
    ['Who has the rope?', 1],
    ['When is high tide?', 1],
  ])
  expect((await bo.get('/v1/me/unread')).body).toMatchObject({ threads: 2, unread: 0 })
  const first = await bo.get('/v1/me/threads?limit=1')
  expect(await threadsOf(bo, `?limit=1&cursor=${first.body.nextCursor}`)).toEqual([
    ['When is high tide?', 1],
  ])
  await bo.put(`${at}/read-marker`, { readSeq: last.seq })
  expect(await threadsOf(bo, '?unread=true')).toEqual([['Who has the rope?', 1]])
  await bo.delete(`${path}/messages/${other.seq}/following`)
  expect(await threadsOf(bo)).toEqual([['When is high tide?', 0]])
  await bo.delete(`${path}/members/@me`)
  expect(await threadsOf(bo)).toEqual([])
})

it('over a socket a thread is followed, read and left', async () => {
  const { ana, cy, room, root, reply, state } = await thread()
  const socket = await connect(cy.token, room.id)
  socket.send({ do: 'thread.follow', ref: 1, seq: root.seq })
  await socket.answer(1)
  const six = await reply(ana, 'Six')
  expect(await state(cy)).toEqual({ following: true, unread: 1 })
  socket.send({ do: 'thread.read', ref: 2, seq: six.seq, readSeq: six.seq })
  await socket.answer(2)
  expect(await state(cy)).toEqual({ following: true, unread: 0 })
  socket.send({ do: 'thread.unfollow', ref: 3, seq: root.seq })
  await socket.answer(3)
  expect(await state(cy)).toEqual({ following: false, unread: 0 })
})

it('a mention by someone whom you block makes you follow nothing', async () => {
  const { ana, cy, path, reply, state } = await thread()
  await cy.put(`/v1/me/blocks/${ana.id}`)
  const last = await reply(ana, 'Cy!', { mentions: [cy.id] })
  await ana.get(`/v1/me/rooms?seen=${path.slice(10)}:${last.seq}`)
  expect(await state(cy)).toEqual({ following: false, unread: 0 })
  expect(await threadsOf(cy)).toEqual([])
})

const who = fc.constantFrom('ana', 'bo', 'cy')
const act = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('reply'), who, which: fc.nat(1) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('mark'), who, which: fc.nat(1) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('follow'), who, which: fc.nat(1) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('leave'), who, which: fc.nat(1) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('evict'), who, which: fc.nat(1) }) },
)

it('the list of threads says what the rooms say, whatever happened', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 3, maxLength: 25 }), async (acts) => {
      const { ana, bo, cy, path, stub, root, say } = await thread()
      const roots = [root, await say(ana, 'And low tide?')]
      const cast: Record<string, User> = { ana, bo, cy }
      let last = roots[1].seq
      for (const one of acts) {
        const actor = cast[one.who] as User
        const at = `${path}/messages/${roots[one.which].seq}`
        if (one.do === 'reply')
          last = (await say(actor, 're', { replyTo: roots[one.which].seq })).seq
        if (one.do === 'mark') await actor.put(`${at}/read-marker`, { readSeq: last })
        if (one.do === 'follow') await actor.put(`${at}/following`)
        if (one.do === 'leave') await actor.delete(`${at}/following`)
        if (one.do === 'evict') await evictDurableObject(stub)
      }
      await ana.get(`/v1/me/rooms?seen=${path.slice(10)}:${last}`)
      for (const person of [ana, bo, cy]) {
        const inRoom = []
        for (const { seq, text } of roots) {
          const { body } = await person.get(`${path}/messages/${seq}/following`)
          if (body.following) inRoom.push([text, body.unread])
        }
        expect(new Map(await threadsOf(person))).toEqual(new Map(inRoom as [string, number][]))
      }
    }),
    { numRuns: 12, seed: 20261127 },
  )
})
