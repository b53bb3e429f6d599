import { expect, it } from 'vitest'
import { newMessage } from '../fixtures/rooms'
import { createScenario } from '../fixtures/scenario'
import { connect } from '../fixtures/socket'

async function thread() {
  const room = await createScenario()
  const { ana, bo, path } = room
  const { body: root } = await bo.post(`${path}/messages`, newMessage('When is high tide?'))
  const reply = async (person: typeof bo, text: string, replyTo = root.seq) =>
    (await person.post(`${path}/messages`, { ...newMessage(text), replyTo })).body
  return { ...room, ana, root, at: `${path}/messages/${root.seq}`, reply }
}

it('a root shows how many replied, when last and who', async () => {
  const { ana, bo, cy, at, root, reply } = await thread()
  await reply(ana, 'Six')
  await reply(bo, 'Sure?')
  await reply(cy, 'No, seven')
  const last = await reply(ana, 'Six!')
  expect(last).toMatchObject({ replyTo: root.seq, replyCount: 0, lastReplyAt: null })
  const { body } = await bo.get(at)
  expect(body).toMatchObject({ replyCount: 4, lastReplyAt: last.createdAt, replyTo: null })
  expect(body.replyAuthors.map(({ id }: { id: string }) => id)).toEqual([ana.id, cy.id, bo.id])
})

it('a reply to a reply joins the thread of its root', async () => {
  const { ana, bo, at, root, reply } = await thread()
  const first = await reply(ana, 'Six')
  expect((await reply(bo, 'Thanks', first.seq)).replyTo).toBe(root.seq)
  expect((await ana.get(at)).body.replyCount).toBe(2)
})

it('a thread is read oldest first, page by page', async () => {
  const { ana, bo, at, path, reply } = await thread()
  for (const text of ['one', 'two', 'three']) await reply(ana, text)
  await bo.post(`${path}/messages`, newMessage('elsewhere'))
  const first = await bo.get(`${at}/replies?limit=2`)
  const rest = await bo.get(`${at}/replies?limit=2&cursor=${first.body.nextCursor}`)
  const texts = [...first.body.items, ...rest.body.items].map(({ text }: { text: string }) => text)
  expect(texts).toEqual(['one', 'two', 'three'])
  expect(rest.body.nextCursor).toBeNull()
})

it('everybody is told of the thread with the reply, and with its deletion', async () => {
  const { ana, bo, room, path, root, reply } = await thread()
  const socket = await connect(bo.token, room.id)
  const posted = await reply(ana, 'Six')
  const shown = { seq: root.seq, replyCount: 1, lastReplyAt: posted.createdAt }
  expect(await socket.event(posted.seq)).toMatchObject({ type: 'message.posted', root: shown })
  await ana.delete(`${path}/messages/${posted.seq}`)
  expect(await socket.event(posted.seq + 1)).toMatchObject({
    type: 'message.deleted',
    root: shown,
  })
})

it('only a live message of the room is replied to', async () => {
  const { bo, at, path, root } = await thread()
  const code = async (replyTo: number) =>
    (await bo.post(`${path}/messages`, { ...newMessage('re'), replyTo })).body.code
  expect(await code(99)).toBe('not_found')
  await bo.delete(at)
  expect(await code(root.seq)).toBe('gone')
})

it('a deleted root keeps its thread, and a deleted reply its place in it', async () => {
  const { ana, bo, at, path, root, reply } = await thread()
  const first = await reply(ana, 'Six')
  const second = await reply(ana, 'Or seven')
  await bo.delete(at)
  await ana.delete(`${path}/messages/${first.seq}`)
  expect((await ana.get(at)).body).toMatchObject({ text: null, replyCount: 2 })
  const { body } = await ana.get(`${at}/replies`)
  expect(body.items.map(({ text }: { text: string | null }) => text)).toEqual([null, 'Or seven'])
  expect((await reply(bo, 'Thanks', second.seq)).replyTo).toBe(root.seq)
})
