// The client in Node, against the service as `npm start` runs it.
import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'
import { Chat } from '../../../src/client/chatroom-client'
import { type Service, start } from '../../proof/service.ts'
import { registered, textsOf, until } from './people'

let service: Service
let ana: Chat
/** A guest. */
let bo: Chat
let roomId: string

before(async () => {
  service = await start()
  ana = await registered(service.url)
  bo = new Chat(service.url)
  ana.connect()
  bo.connect()
  roomId = (await ana.createRoom({ name: 'Harbour' })).id
})

after(async () => {
  ana.close()
  bo.close()
  await service.stop()
})

it('a guest reads, writes and reacts, and both see the same at once', async () => {
  const [hers, his] = [ana.room(roomId), bo.room(roomId)]
  hers.open()
  his.open()
  const nonce = hers.send('hello')
  assert.deepEqual(textsOf(hers), ['hello'])
  assert.equal(hers.view.getSnapshot().messages[0]?.status, 'pending')
  await until('he sees it', () => textsOf(his)[0] === 'hello')
  await until('it is sent', () => hers.view.getSnapshot().messages[0]?.status === 'sent')
  assert.equal(hers.view.getSnapshot().messages[0]?.nonce, nonce)

  his.send('hi')
  await until('she sees it', () => textsOf(hers).length === 2)
  await until('both are complete', () =>
    [hers, his].every((room) => room.view.getSnapshot().state === 'complete'),
  )
  const [first] = his.view.getSnapshot().messages
  await his.react(first?.seq ?? 0, '👍')
  const reactions = (room: typeof his) => room.view.getSnapshot().messages[0]?.reactions
  await until('she sees his reaction', () => reactions(hers)?.length === 1)
  await until('he sees it, too', () => reactions(his)?.length === 1)
  assert.deepEqual(reactions(hers), [{ emoji: '👍', count: 1, me: false }])
  assert.deepEqual(reactions(his), [{ emoji: '👍', count: 1, me: true }])
})

it('another device knows which reactions are mine, though the snapshot does not say', async () => {
  const token = () => bo.session.token()
  const phone = new Chat(service.url, { token })
  const room = phone.room(roomId)
  room.open()
  await until('it is there', () => textsOf(room).length === 2)
  const reactions = () => room.view.getSnapshot().messages[0]?.reactions
  await until('the reaction is mine', () => reactions()?.[0]?.me === true)
  phone.close()
})

it('typing is shown, and ends with the message', async () => {
  const [hers, his] = [ana.room(roomId), bo.room(roomId)]
  hers.sendTyping()
  const typing = () => his.view.getSnapshot().typing.length
  await until('he sees that she types', () => typing() === 1)
  hers.send('typed')
  await until('he sees what', () => textsOf(his).includes('typed'))
  assert.equal(typing(), 0)
})

it('a badge counts what is written in a room that is not open, until it is read', async () => {
  const quiet = (await ana.createRoom({ name: 'Quiet' })).id
  const [hers, his] = [ana.room(quiet), bo.room(quiet)]
  his.open()
  his.send('first')
  await until('she is told', () => ana.unread.getSnapshot().unread > 0)
  assert.equal(ana.rooms.getSnapshot().rooms[0]?.id, quiet)
  hers.open()
  await until('she reads', () => textsOf(hers).length === 1)
  hers.markRead()
  await until('nothing is unread', () => ana.rooms.getSnapshot().rooms[0]?.me?.unread === 0)
})

it('a thread has its replies, the timeline does not', async () => {
  const [hers, his] = [ana.room(roomId), bo.room(roomId)]
  const root = hers.view.getSnapshot().messages[0]?.seq ?? 0
  const thread = his.thread(root)
  thread.open()
  await until('it is complete', () => thread.view.getSnapshot().isComplete)
  hers.thread(root).send('a reply')
  await until('he sees it', () => thread.view.getSnapshot().replies.length === 1)
  assert.equal(thread.view.getSnapshot().replies[0]?.text, 'a reply')
  assert.ok(!textsOf(his).includes('a reply'))
})

it('history comes page by page, without a gap', async () => {
  const { id } = await ana.createRoom({ name: 'Long' })
  const hers = ana.room(id)
  hers.open()
  for (let n = 1; n <= 120; n += 1) hers.send(`${n}`)
  await until('all are sent', () => hers.unsent().length === 0)
  const his = bo.room(id)
  his.open()
  await until('he has the latest', () => textsOf(his).length === 50)
  await his.loadOlder()
  await his.loadOlder()
  assert.deepEqual(
    textsOf(his),
    Array.from({ length: 120 }, (_, n) => `${n + 1}`),
  )
  assert.equal(his.view.getSnapshot().hasOlder, false)
})

it('two guests meet in the room of a key, which nobody has made, and what is written before it is found goes out', async () => {
  const cy = new Chat(service.url)
  const [hers, his] = [cy.room({ key: 'lobby' }), bo.room({ key: 'lobby' })]
  hers.open()
  hers.send('anybody here?')
  assert.deepEqual(textsOf(hers), ['anybody here?'])
  his.open()
  await until('he sees it', () => textsOf(his)[0] === 'anybody here?')
  assert.equal(hers.id, his.id)
  assert.equal(cy.room({ key: 'lobby' }), hers)
  const thread = his.thread(his.log.messages.list()[0]?.seq ?? 0)
  thread.open()
  await until('the thread is there', () => thread.view.getSnapshot().isComplete)
  // A guest may not make a room, so there is none.
  const none = cy.room({ key: `none:${Date.now()}` })
  none.open()
  await until('it is refused', () => none.view.getSnapshot().ended === 'refused')
  cy.close()
})

it('who is banned sees it at once, and does not come back', async () => {
  const his = bo.room(roomId)
  await ana.request('PUT', `/v1/rooms/${roomId}/bans/${bo.userId}`, {})
  await until('he is told', () => his.view.getSnapshot().ended === 'banned', 5_000)
  assert.equal(his.view.getSnapshot().state, 'offline')
  await until('it leaves his list', () =>
    bo.rooms.getSnapshot().rooms.every(({ id }) => id !== roomId),
  )
  his.send('may I?')
  assert.equal(his.unsent()[0]?.status, 'pending')
})
