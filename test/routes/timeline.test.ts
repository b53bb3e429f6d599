import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { expect, it } from 'vitest'
import { seqsAfter, seqsBefore } from '../../src/room/store/timeline/timeline'
import { newMessage } from '../fixtures/rooms'
import { createScenario } from '../fixtures/scenario'
import { connect } from '../fixtures/socket'
import type { User } from '../fixtures/users'

interface Said {
  seq: number
  text: string
  t: number
}

async function conversation() {
  const { bo, cy, room, path, stub } = await createScenario()
  const say = async (by: User, text: string, more: object = {}) =>
    (await by.post(`${path}/messages`, { ...newMessage(text), ...more })).body
  const page = async (query = '') =>
    (await cy.get(`${path}/messages?replies=false&limit=2${query}`)).body
  const textsOf = ({ items }: { items: Said[] }) => items.map(({ text }) => text)
  return { bo, cy, room, path, stub, say, page, textsOf }
}

it('the timeline leaves out the replies of threads, by every way of paging', async () => {
  const { bo, cy, say, page, textsOf } = await conversation()
  const one = await say(bo, 'one')
  for (const text of ['a', 'b', 'c']) await say(cy, text, { replyTo: one.seq })
  const two = await say(bo, 'two')
  const shown = await say(cy, 'shown', { replyTo: one.seq, alsoInRoom: true })
  await say(cy, 'd', { replyTo: one.seq })
  const latest = await page()
  expect(textsOf(latest)).toEqual(['shown', 'two'])
  expect(latest).toMatchObject({ older: two.seq, newer: null })
  const oldest = await page(`&before=${latest.older}`)
  expect(textsOf(oldest)).toEqual(['one'])
  expect(oldest).toMatchObject({ older: null, newer: one.seq })
  expect(textsOf(await page(`&after=${one.seq}`))).toEqual(['shown', 'two'])
  expect(textsOf(await page(`&around=${two.seq}`))).toEqual(['shown', 'two'])
  expect(latest.items.map(({ t }: Said) => t)).toEqual([3, 2])
  expect(shown).toMatchObject({ alsoInRoom: true, replyTo: one.seq, t: 3 })
})

it('a long thread costs a page of the timeline no more than a short one', async () => {
  const { bo, cy, room, path, stub, say, page, textsOf } = await conversation()
  const one = await say(bo, 'one')
  await runInDurableObject(stub, (_, { storage }) => {
    storage.sql.exec(
      `with recursive i(n) as (select 1 union all select n + 1 from i where n < 20000)
      insert into messages (seq, n, t, author_id, nonce, text, created_at, reply_to)
      select (select max(seq) from messages) + n, 1 + n, 1, ?, 'reply' || n, 'r', 0, ? from i`,
      bo.id,
      one.seq,
    )
  })
  await evictDurableObject(stub)
  await say(cy, 'two')
  expect(textsOf(await page())).toEqual(['two', 'one'])
  expect(textsOf(await page(`&after=${one.seq}`))).toEqual(['two'])
  const read = await runInDurableObject(stub, (_, { storage }) => {
    const cursors: { rowsRead: number }[] = []
    const sql = {
      exec: (query: string, ...bindings: SqlStorageValue[]) => {
        const cursor = storage.sql.exec(query, ...bindings)
        cursors.push(cursor)
        return cursor
      },
    } as SqlStorage
    seqsBefore(sql, Number.MAX_SAFE_INTEGER, 50)
    seqsAfter(sql, 0, 50)
    return cursors.reduce((sum, { rowsRead }) => sum + rowsRead, 0)
  })
  expect(read).toBeLessThan(400)
  expect((await cy.get(path)).body).toMatchObject({ t: 2, n: 20_002, id: room.id })
})

it('what a room list previews is the last message of the timeline', async () => {
  const { bo, cy, room, path, say } = await conversation()
  const one = await say(bo, 'one')
  const reply = await say(cy, 'aside', { replyTo: one.seq })
  expect((await bo.get(path)).body.lastMessage).toMatchObject({ preview: 'one' })
  const { body } = await bo.get(`/v1/me/rooms?seen=${room.id}:${reply.seq}`)
  expect(body.items[0].lastMessage).toMatchObject({ preview: 'one', seq: one.seq })
  await say(cy, 'for all', { replyTo: one.seq, alsoInRoom: true })
  expect((await bo.get(path)).body.lastMessage).toMatchObject({ preview: 'for all' })
})

it('a reply in a thread counts as unread nowhere but there, and does not mark the room as read', async () => {
  const { bo, cy, path, say } = await conversation()
  await cy.put(`${path}/members/@me`)
  const one = await say(bo, 'one')
  await say(bo, 'two')
  await say(cy, 'aside', { replyTo: one.seq })
  expect((await cy.get(path)).body.me).toMatchObject({ unread: 2 })
  await say(bo, 'and', { replyTo: one.seq })
  expect((await cy.get(path)).body.me).toMatchObject({ unread: 2 })
  await say(cy, 'three')
  expect((await cy.get(path)).body.me).toMatchObject({ unread: 0 })
})

it('only a reply is sent to the room, too, and a thread whose root is deleted goes on by either way', async () => {
  const { bo, cy, room, path, say } = await conversation()
  const refused = await bo.post(`${path}/messages`, { ...newMessage('one'), alsoInRoom: true })
  expect(refused).toMatchObject({ status: 400, body: { code: 'invalid' } })
  const step = { do: 'message.post', ...newMessage('one'), alsoInRoom: true }
  expect((await bo.post(`${path}/batch`, { steps: [step] })).status).toBe(400)
  const socket = await connect(bo.token, room.id)
  socket.send({ ...step, ref: 1 })
  expect(await socket.answer(1)).toMatchObject({ problem: { code: 'invalid' } })
  const one = await say(bo, 'one')
  const reply = await say(cy, 'aside', { replyTo: one.seq })
  await bo.delete(`${path}/messages/${one.seq}`)
  const byRoot = await cy.post(`${path}/messages`, { ...newMessage('x'), replyTo: one.seq })
  const byReply = await cy.post(`${path}/messages`, { ...newMessage('x'), replyTo: reply.seq })
  expect(byRoot).toMatchObject({ status: 201, body: { replyTo: one.seq } })
  expect(byReply).toMatchObject({ status: 201, body: { replyTo: one.seq } })
})

it('rooms of before the timeline was counted are counted by a job, and right until it has run', async () => {
  const { bo, cy, path, stub, say, page, textsOf } = await conversation()
  const one = await say(bo, 'one')
  for (const text of ['a', 'b']) await say(cy, text, { replyTo: one.seq })
  await say(bo, 'two')
  await cy.put(`${path}/read-marker`, { seq: one.seq, unread: true })
  const state = async () => ({
    me: (await cy.get(path)).body.me.unread,
    t: (await cy.get(path)).body.t,
    page: textsOf(await page()),
    ts: (await page()).items.map(({ t }: Said) => t),
  })
  const right = { me: 1, t: 2, page: ['two', 'one'], ts: [2, 1] }
  expect(await state()).toEqual(right)
  await runInDurableObject(stub, (_, { storage }) => {
    storage.sql.exec('update messages set t = null')
    storage.sql.exec('update members set read_t = null')
    storage.sql.exec(`insert into jobs (kind, key, due_at) values ('timeline', '0', 0)`)
  })
  expect(await state()).toEqual(right)
  await runDurableObjectAlarm(stub)
  const left = await runInDurableObject(stub, (_, { storage }) =>
    storage.sql.exec('select t from messages order by seq').toArray(),
  )
  expect(left.map(({ t }) => t)).toEqual([1, 1, 1, 2])
  expect(await state()).toEqual(right)
})
