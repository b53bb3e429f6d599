import { expect, it } from 'vitest'
import { newMessage } from '../fixtures/rooms'
import { createScenario } from '../fixtures/scenario'
import { connect } from '../fixtures/socket'

it('a message carries its author, room, place and time', async () => {
  const { ana, bo, room, path } = await createScenario()
  const posted = await bo.post(`${path}/messages`, { nonce: 'x', text: 'See you at 8!' })
  expect(posted.status).toBe(201)
  expect(posted.body).toMatchObject({ roomId: room.id, seq: 3, n: 1, text: 'See you at 8!' })
  expect(posted.body.author).toMatchObject({ id: bo.id, displayName: 'Bo' })
  expect((await ana.get(posted.headers.get('Location') as string)).body).toEqual(posted.body)
})

it('an outsider joins an open room by posting', async () => {
  const { cy, path } = await createScenario()
  expect((await cy.get(`${path}/messages`)).status).toBe(200)
  expect((await cy.post(`${path}/messages`, newMessage('hello'))).status).toBe(201)
  expect((await cy.get(path)).body).toMatchObject({ memberCount: 3, me: { role: 'member' } })
})

it('a repeated nonce answers 200 with the first message', async () => {
  const { ana, bo, path } = await createScenario()
  const first = await bo.post(`${path}/messages`, { nonce: 'same', text: 'first' })
  const again = await bo.post(`${path}/messages`, { nonce: 'same', text: 'second' })
  expect([first.status, again.status]).toEqual([201, 200])
  expect(again.body).toEqual(first.body)
  expect((await ana.post(`${path}/messages`, { nonce: 'same', text: 'mine' })).status).toBe(201)
})

it('ten concurrent repeats over HTTP and a socket are one message, one 201 and nine 200', async () => {
  const { bo, path, room } = await createScenario()
  const socket = await connect(bo.token, room.id)
  const message = { nonce: 'once', text: 'only once' }
  for (let ref = 0; ref < 5; ref += 1) socket.send({ do: 'message.post', ref, ...message })
  const replies = await Promise.all(
    Array.from({ length: 10 }, () => bo.post(`${path}/messages`, message)),
  )
  for (let ref = 0; ref < 5; ref += 1) await socket.answer(ref)
  const seqs = new Set([
    ...replies.map(({ body }) => body.seq),
    ...socket.answers.map((a) => 'seq' in a && a.seq),
  ])
  expect(seqs.size).toBe(1)
  expect(replies.filter(({ status }) => status === 201).length).toBeLessThanOrEqual(1)
  expect((await bo.get(`${path}/messages`)).body.items.length).toBe(1)
})

it('ten concurrent repeats over HTTP are one 201 and nine 200', async () => {
  const { bo, path } = await createScenario()
  const message = { nonce: 'once', text: 'only once' }
  const replies = await Promise.all(
    Array.from({ length: 10 }, () => bo.post(`${path}/messages`, message)),
  )
  expect(replies.map(({ status }) => status).sort()).toEqual([...Array(9).fill(200), 201])
})

it('pages are newest first, with three cursors that meet without gap or overlap', async () => {
  const { bo, path } = await createScenario()
  for (let i = 1; i <= 12; i += 1) await bo.post(`${path}/messages`, newMessage(String(i)))
  const texts = (reply: { body: { items: { text: string }[] } }) =>
    reply.body.items.map(({ text }) => text).join(' ')
  const newest = await bo.get(`${path}/messages?limit=5`)
  expect(texts(newest)).toBe('12 11 10 9 8')
  expect(newest.body).toMatchObject({ seq: 14, newer: null })
  const older = await bo.get(`${path}/messages?limit=5&before=${newest.body.older}`)
  expect(texts(older)).toBe('7 6 5 4 3')
  const oldest = await bo.get(`${path}/messages?limit=5&before=${older.body.older}`)
  expect(texts(oldest)).toBe('2 1')
  expect(oldest.body.older).toBeNull()
  const up = await bo.get(`${path}/messages?limit=5&after=${oldest.body.newer}`)
  expect(texts(up)).toBe('7 6 5 4 3')
  const around = await bo.get(`${path}/messages?limit=5&around=${up.body.items[2].seq}`)
  expect(texts(around)).toBe('7 6 5 4 3')
  expect((await bo.get(`${path}/messages?after=999`)).body).toMatchObject({
    items: [],
    newer: null,
  })
  expect((await bo.get(`${path}/messages?before=0`)).body).toMatchObject({
    items: [],
    older: null,
    newer: 0,
  })
  expect((await bo.get(`${path}/messages?after=1&before=9`)).body.code).toBe('invalid')
})

it('an author edits and deletes; what was said is gone and its place stays', async () => {
  const { ana, bo, cy, path } = await createScenario()
  const { body: message } = await bo.post(`${path}/messages`, newMessage('helo'))
  const at = `${path}/messages/${message.seq}`
  expect((await ana.patch(at, { text: 'mine' })).body.code).toBe('forbidden')
  const edited = await bo.patch(at, { text: 'hello' })
  expect(edited.body).toMatchObject({ text: 'hello', seq: message.seq })
  expect(edited.body.editedAt).not.toBeNull()
  expect((await cy.delete(at)).body.code).toBe('forbidden')
  expect((await bo.delete(at)).status).toBe(204)
  expect((await bo.delete(at)).status).toBe(204)
  const tombstone = await ana.get(at)
  expect(tombstone.body).toMatchObject({ text: null, seq: message.seq, author: { id: bo.id } })
  expect(tombstone.body.deletedAt).not.toBeNull()
  expect((await bo.patch(at, { text: 'again' })).body.code).toBe('gone')
  expect((await ana.get(path)).body.lastMessage.preview).toBeNull()
})

it('unread counts messages of others, and a post reads up to itself', async () => {
  const { ana, bo, path } = await createScenario()
  await bo.post(`${path}/messages`, newMessage('one'))
  await bo.post(`${path}/messages`, newMessage('two'))
  expect((await ana.get(path)).body.me.unread).toBe(2)
  await ana.post(`${path}/messages`, newMessage('three'))
  expect((await ana.get(path)).body.me.unread).toBe(0)
  expect((await bo.get(path)).body.me).toMatchObject({ unread: 1, sentCount: 2 })
})

it('events after a seq are dense, in order and say who did what', async () => {
  const { ana, bo, cy, path } = await createScenario()
  const { body: message } = await bo.post(`${path}/messages`, newMessage('one'))
  await bo.patch(`${path}/messages/${message.seq}`, { text: 'uno' })
  await cy.put(`${path}/members/@me`)
  await cy.delete(`${path}/members/@me`)
  await ana.patch(path, { topic: 'Tides' })
  await bo.delete(`${path}/messages/${message.seq}`)
  const { body } = await ana.get(`${path}/events?after=0`)
  expect(body.items.map(({ type, by }: { type: string; by: string }) => [type, by])).toEqual([
    ['member.joined', ana.id],
    ['member.joined', bo.id],
    ['message.posted', bo.id],
    ['message.edited', bo.id],
    ['member.joined', cy.id],
    ['member.left', cy.id],
    ['room.changed', ana.id],
    ['message.deleted', bo.id],
  ])
  expect(body.items.map(({ seq }: { seq: number }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  expect(body).toMatchObject({ seq: 8, more: false })
  const part = await ana.get(`${path}/events?after=2&limit=2`)
  expect(part.body.items.map(({ seq }: { seq: number }) => seq)).toEqual([3, 4])
  expect(part.body.more).toBe(true)
  expect((await ana.get(`${path}/events?after=9`)).body.code).toBe('invalid')
})

it('hostile text is refused by name, and every other text comes back as written', async () => {
  const { bo, path } = await createScenario()
  const post = (body: unknown) => bo.post(`${path}/messages`, body)
  for (const text of [
    '',
    '   ',
    '\u0000',
    'a\u0007b',
    '\ud800',
    'x'.repeat(4001),
    7,
    null,
    ['x'],
  ]) {
    expect((await post({ nonce: 'n', text })).body.code).toBe('invalid')
  }
  for (const nonce of ['', 'x'.repeat(65), 'ä', 'a\nb']) {
    expect((await post({ nonce, text: 'hi' })).body.code).toBe('invalid')
  }
  expect((await post({ nonce: 'n', text: 'hi', extra: 1 })).body.code).toBe('invalid')
  expect((await post('{')).body.code).toBe('malformed')
  for (const text of [
    '<script>alert(1)</script>',
    'a\r\n\tb',
    '👨‍👩‍👧‍👦'.repeat(500),
    '; drop table',
  ]) {
    expect((await post(newMessage(text))).body.text).toBe(text)
  }
  expect((await post(newMessage('e\u0301'))).body.text).toBe('\u00e9')
})
