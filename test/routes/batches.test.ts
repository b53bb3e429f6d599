import { expect, it } from 'vitest'
import { call } from '../fixtures/api'
import { newMessage } from '../fixtures/rooms'
import { createScenario } from '../fixtures/scenario'
import { connect } from '../fixtures/socket'
import type { User } from '../fixtures/users'

const ifMatch = (person: User, path: string, body: unknown, tag: string) =>
  call('POST', path, { token: person.token, body, headers: { 'If-Match': tag } })

it('a message is posted only if nothing has happened since', async () => {
  const { ana, bo, path, seq } = await createScenario()
  const tag = `"${seq}"`
  const message = newMessage('first!')
  const posted = await ifMatch(bo, `${path}/messages`, message, tag)
  expect(posted.status).toBe(201)
  const late = await ifMatch(ana, `${path}/messages`, newMessage('me too'), tag)
  expect([late.status, late.body.code]).toEqual([409, 'conflict'])
  const again = await ifMatch(bo, `${path}/messages`, message, tag)
  expect([again.status, again.body]).toEqual([200, posted.body])
  for (const invalid of [`${seq}`, '"x"', '*', `W/${tag}`]) {
    expect((await ifMatch(bo, `${path}/messages`, newMessage('x'), invalid)).body.code).toBe(
      'invalid',
    )
  }
})

it('a batch is taken as one: its events arrive together and its steps build on each other', async () => {
  const { ana, bo, room, path, seq } = await createScenario()
  const socket = await connect(bo.token, room.id)
  const { status, body } = await ana.post(`${path}/batch`, {
    steps: [
      { do: 'message.post', ...newMessage('Rules of the pier') },
      { do: 'message.pin', of: 0 },
      { do: 'reaction.add', of: 0, emoji: '❤' },
      { do: 'message.post', ...newMessage('Read them'), mentionsRoom: true },
    ],
  })
  expect([status, body]).toEqual([
    200,
    { results: [1, 2, 3, 4].map((step) => ({ seq: seq + step })), seq: seq + 4 },
  ])
  await socket.event(seq + 4)
  expect(socket.frames.filter((frame) => 'events' in frame).length).toBe(1)
  expect((await ana.get(`${path}/messages/${seq + 1}`)).body).toMatchObject({
    pinned: true,
    reactions: [{ emoji: '❤️', count: 1, me: true }],
  })
  expect((await ana.get(path)).body.me).toMatchObject({ unread: 0, sentCount: 2 })
})

it('a batch with a step that cannot be taken leaves no trace, and says which', async () => {
  const { ana, bo, path } = await createScenario()
  const { body: one } = await bo.post(`${path}/messages`, newMessage('one'))
  const steps = [
    { do: 'message.post', ...newMessage('lost') },
    { do: 'reaction.add', seq: one.seq, emoji: '👍' },
    { do: 'message.pin', seq: one.seq },
  ]
  const { status, body } = await bo.post(`${path}/batch`, { steps })
  expect([status, body.code, body.errors[0].path]).toEqual([403, 'forbidden', 'steps.2'])
  expect((await ana.get(`${path}/messages`)).body).toMatchObject({
    seq: one.seq,
    items: [{ text: 'one', reactions: [] }],
  })
  expect((await bo.get(path)).body.me.sentCount).toBe(1)
})

it('a repeated batch changes nothing, not even one that was conditional', async () => {
  const { ana, path, seq } = await createScenario()
  const tag = `"${seq}"`
  const steps = [
    { do: 'message.post', ...newMessage('once') },
    { do: 'reaction.add', of: 0, emoji: '👍' },
  ]
  const first = await ifMatch(ana, `${path}/batch`, { steps }, tag)
  const again = await ifMatch(ana, `${path}/batch`, { steps }, tag)
  expect(first.body.results[0]).toEqual(again.body.results[0])
  expect(again.body.seq).toBe(seq + 2)
  const other = [{ do: 'message.post', ...newMessage('late') }]
  expect((await ifMatch(ana, `${path}/batch`, { steps: other }, tag)).body.code).toBe('conflict')
})

it('an outsider joins an open room by a batch that posts', async () => {
  const { cy, path, seq } = await createScenario()
  const steps = [
    { do: 'message.post', ...newMessage('hello') },
    { do: 'reaction.add', of: 0, emoji: '👋' },
  ]
  expect((await cy.post(`${path}/batch`, { steps })).body.seq).toBe(seq + 3)
  expect((await cy.get(path)).body.me.role).toBe('member')
})

it('a batch has one to twenty steps, each aimed at a message', async () => {
  const { ana, path, seq } = await createScenario()
  const code = async (steps: unknown) => (await ana.post(`${path}/batch`, { steps })).body.code
  const post = { do: 'message.post', ...newMessage('x') }
  expect(await code([])).toBe('invalid')
  expect(await code(Array(21).fill(post))).toBe('invalid')
  expect(await code([{ do: 'message.pin' }])).toBe('invalid')
  expect(await code([post, { do: 'message.pin', of: 1 }])).toBe('invalid')
  expect(await code([post, { do: 'message.pin', of: 0, seq }])).toBe('invalid')
  expect(await code([post, { do: 'room.delete' }])).toBe('invalid')
})
