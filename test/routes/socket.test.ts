import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, it } from 'vitest'
import { signAccessToken } from '../../src/auth/tokens'
import { newId } from '../../src/ids'
import { call } from '../fixtures/api'
import { stopClock } from '../fixtures/clock'
import { newMessage } from '../fixtures/rooms'
import { createScenario } from '../fixtures/scenario'
import { connect } from '../fixtures/socket'

it('opens with ready: where the room is, who is online', async () => {
  const { ana, bo, room } = await createScenario()
  const first = await connect(ana.token, room.id)
  expect(first.ready).toMatchObject({
    seq: 2,
    resumed: false,
    room: { id: room.id, memberCount: 2 },
    online: { count: 1, users: [ana.id] },
  })
  const second = await connect(bo.token, room.id, {
    headers: { Authorization: `Bearer ${bo.token}` },
  })
  expect(second.ready?.online.count).toBe(2)
  await second.until(() => second.live.length > 0)
  for (const { frames } of [first, second]) expect(Object.keys(frames[0] ?? {})).toEqual(['ready'])
  await first.until(() => first.live.find((l) => l.type === 'presence' && l.userId === bo.id))
  second.close()
  await first.until(() => first.live.find((l) => l.type === 'presence' && l.online === false))
})

it('a message posted over HTTP or over a socket reaches every socket; the answer comes after it', async () => {
  const { ana, bo, room, path } = await createScenario()
  const a = await connect(ana.token, room.id)
  const b = await connect(bo.token, room.id)
  const { body } = await ana.post(`${path}/messages`, newMessage('over HTTP'))
  expect(await b.event(body.seq)).toMatchObject({
    type: 'message.posted',
    message: body,
    by: ana.id,
  })
  b.send({ do: 'message.post', ref: 'r1', nonce: 'x', text: 'over the socket' })
  expect(await b.answer('r1')).toEqual({ ref: 'r1', seq: body.seq + 1 })
  expect(await a.event(body.seq + 1)).toMatchObject({ message: { text: 'over the socket' } })
  const kinds = b.frames.flatMap((frame) => Object.keys(frame))
  expect(kinds.lastIndexOf('events')).toBeLessThan(kinds.indexOf('answers'))
})

it('an outsider joins over the socket by posting, in order', async () => {
  const { cy, room, path } = await createScenario()
  const socket = await connect(cy.token, room.id)
  for (let ref = 1; ref <= 3; ref += 1) {
    socket.send({ do: 'message.post', ref, nonce: `n${ref}`, text: `message ${ref}` })
  }
  await socket.answer(3)
  expect(socket.events.map(({ type, seq }) => [type, seq])).toEqual([
    ['member.joined', 3],
    ['message.posted', 4],
    ['message.posted', 5],
    ['message.posted', 6],
  ])
  const { body } = await cy.get(`${path}/messages`)
  expect(body.items.map(({ text }: { text: string }) => text)).toEqual([
    'message 3',
    'message 2',
    'message 1',
  ])
})

it('edits and deletes travel over the socket', async () => {
  const { ana, bo, room } = await createScenario()
  const a = await connect(ana.token, room.id)
  const b = await connect(bo.token, room.id)
  b.send({ do: 'message.post', ref: 1, nonce: 'n', text: 'helo' })
  const posted = await b.answer(1)
  const seq = 'seq' in posted ? posted.seq : 0
  b.send({ do: 'message.edit', ref: 2, seq, text: 'hello' })
  b.send({ do: 'message.delete', ref: 3, seq })
  a.send({ do: 'message.edit', ref: 4, seq, text: 'mine' })
  expect(await b.answer(2)).toEqual({ ref: 2, seq: seq + 1 })
  expect(await b.answer(3)).toEqual({ ref: 3, seq: seq + 2 })
  expect(await a.answer(4)).toMatchObject({ problem: { code: 'forbidden' } })
  expect(await a.event(seq + 1)).toMatchObject({
    type: 'message.edited',
    message: { text: 'hello' },
  })
  expect(await a.event(seq + 2)).toMatchObject({ type: 'message.deleted', message: { text: null } })
})

it('two hundred messages that come in one turn leave in few frames, dense and in order', async () => {
  const { ana, bo, room, stub, seq } = await createScenario()
  const reader = await connect(ana.token, room.id)
  await runInDurableObject(stub, (chatRoom) =>
    Promise.all(
      Array.from({ length: 200 }, (_, i) =>
        chatRoom.postMessage({ userId: bo.id }, newMessage(`${i}`)),
      ),
    ),
  )
  await reader.event(seq + 200)
  expect(reader.events.map((event) => event.seq)).toEqual(
    Array.from({ length: 200 }, (_, i) => seq + 1 + i),
  )
  const frames = reader.frames.filter((frame) => 'events' in frame).length
  expect(frames).toBeLessThan(5)
})

it('two hundred commands of one socket are all answered', async () => {
  const { bo, room } = await createScenario()
  const writer = await connect(bo.token, room.id)
  for (let i = 0; i < 200; i += 1) {
    writer.send({ do: 'message.post', ref: i, nonce: `n${i}`, text: `message ${i}` })
  }
  await writer.answer(199)
  expect(writer.answers.map(({ ref }) => ref)).toEqual(Array.from({ length: 200 }, (_, i) => i))
})

it('a socket that was cut resumes after what it has, without a gap', async () => {
  const { ana, bo, room, path } = await createScenario()
  const before = await connect(bo.token, room.id)
  const { body: seen } = await ana.post(`${path}/messages`, newMessage('seen'))
  await before.event(seen.seq)
  before.close()
  for (const text of ['missed 1', 'missed 2']) await ana.post(`${path}/messages`, newMessage(text))
  const again = await connect(bo.token, room.id, { after: seen.seq })
  expect(again.ready).toMatchObject({ resumed: true, seq: seen.seq + 2 })
  await again.event(seen.seq + 2)
  expect(again.events.map(({ seq }) => seq)).toEqual([seen.seq + 1, seen.seq + 2])
})

it('resuming from the beginning is contiguous, from the future begins anew with a snapshot', async () => {
  const { ana, room, path } = await createScenario()
  await ana.post(`${path}/messages`, newMessage('one'))
  const all = await connect(ana.token, room.id, { after: 0 })
  await all.event(3)
  expect(all.events.map(({ seq }) => seq)).toEqual([1, 2, 3])
  const future = await connect(ana.token, room.id, { after: 4 })
  expect(future.ready).toMatchObject({ seq: 3, resumed: 'limited', snapshot: { seq: 3 } })
  await ana.post(`${path}/messages`, newMessage('two'))
  expect(await future.event(4)).toMatchObject({ type: 'message.posted' })
  expect(future.closed).toBeUndefined()
})

it('someone more than a thousand events behind gets a snapshot', async () => {
  const { ana, bo, room, path, seq } = await createScenario()
  const writer = await connect(bo.token, room.id)
  const last = seq + 1001
  for (let i = 0; i < 1001; i += 1)
    writer.send({ do: 'message.post', nonce: `n${i}`, text: `${i}` })
  await writer.event(last)
  const { body } = await ana.get(`${path}/events?after=${seq}`)
  expect(body).toMatchObject({ limited: true, snapshot: { seq: last } })
  expect(body.snapshot.messages.length).toBe(50)
  const socket = await connect(ana.token, room.id, { after: seq })
  expect(socket.ready).toMatchObject({ resumed: 'limited', snapshot: { seq: last } })
  const near = await connect(ana.token, room.id, { after: seq + 1 })
  await near.event(last)
  expect(near.events.length).toBe(1000)
})

it('a ping is answered', async () => {
  const { ana, room } = await createScenario()
  const socket = await connect(ana.token, room.id)
  let pongs = 0
  socket.onPong = () => {
    pongs += 1
  }
  socket.send('ping')
  await socket.until(() => pongs === 1, 'pong')
})

it('typing after the own post is told again, with who types, a stranger too', async () => {
  const { ana, bo, cy, room, path } = await createScenario()
  await ana.patch(path, { access: 'open' })
  const [a, b, c] = await Promise.all([ana, bo, cy].map(({ token }) => connect(token, room.id)))
  if (!a || !b || !c) throw new Error('no socket')
  const typed = (by: string) =>
    a.live.flatMap((live) => (live.type === 'typing' && live.userId === by ? [live.user] : []))
  b.send({ do: 'typing', ref: 1 })
  b.send({ do: 'typing', ref: 2 })
  await b.answer(2)
  await bo.post(`${path}/messages`, newMessage('hi'))
  b.send({ do: 'typing' })
  await a.until(() => typed(bo.id).length === 2)
  c.send({ do: 'typing' })
  await a.until(() => typed(cy.id).length === 1)
  expect(typed(bo.id).at(-1)).toMatchObject({ id: bo.id, displayName: 'Bo' })
  expect(typed(cy.id)[0]).toMatchObject({ id: cy.id, displayName: 'Cy' })
})

it('typing is sent to the others and never stored', async () => {
  const { ana, bo, room, path } = await createScenario()
  const a = await connect(ana.token, room.id)
  const b = await connect(bo.token, room.id)
  b.send({ do: 'typing' })
  await a.until(() => a.live.find((live) => live.type === 'typing' && live.userId === bo.id))
  expect((await ana.get(path)).body.seq).toBe(2)
})

it('refusals close: no token, bad token, expired token, no room, bad frames', async () => {
  const { ana, room } = await createScenario()
  const { token: old } = await signAccessToken(
    env.TOKEN_SECRET,
    { userId: ana.id, sessionId: newId() },
    Date.now() - 3_600_000,
  )
  const code = async (token: string | undefined, roomId: string) =>
    (await (await connect(token, roomId)).end()).code
  expect(await code(undefined, room.id)).toBe(4401)
  expect(await code('nonsense', room.id)).toBe(4401)
  expect(await code(old, room.id)).toBe(4401)
  expect(await code(ana.token, newId())).toBe(4404)
  for (const frame of ['{', '[]', 'null', '{"do":"unknown"}', `"${'x'.repeat(33_000)}"`]) {
    const socket = await connect(ana.token, room.id)
    socket.send(frame)
    expect((await socket.end()).code).toBe(4400)
  }
  const binary = await connect(ana.token, room.id)
  binary.sendBytes(new Uint8Array([1, 2, 3]).buffer)
  expect((await binary.end()).code).toBe(4400)
})

it('a frame that names its ref is answered with what is wrong', async () => {
  const { ana, room } = await createScenario()
  const socket = await connect(ana.token, room.id)
  socket.send({ do: 'message.post', ref: 1, nonce: 'n' })
  expect(await socket.answer(1)).toMatchObject({
    problem: { code: 'invalid', errors: [{ path: 'text' }] },
  })
  socket.send({ do: 'message.explode', ref: 2 })
  expect(await socket.answer(2)).toMatchObject({ problem: { code: 'invalid' } })
})

it('a token that runs out while its socket is open ends it, and nothing more arrives', async () => {
  const { ana, bo, room, path } = await createScenario()
  const { token } = await signAccessToken(
    env.TOKEN_SECRET,
    { userId: bo.id, sessionId: newId() },
    Date.now() - 300_000,
  )
  const socket = await connect(token, room.id)
  stopClock(Date.now() + 301_000)
  await ana.post(`${path}/messages`, newMessage('secret'))
  expect(await socket.end()).toEqual({ code: 4401, reason: 'token_expired' })
  expect(socket.events).toEqual([])
})

it('a request that is no upgrade is a problem', async () => {
  const { ana, path } = await createScenario()
  expect((await ana.get(`${path}/socket`)).body.code).toBe('invalid')
  expect((await call('GET', `${path}/socket`)).body.code).toBe('unauthenticated')
})

it('eviction between any two frames changes nothing that a client sees', async () => {
  const { ana, bo, room, path, stub, seq } = await createScenario()
  const a = await connect(ana.token, room.id)
  const b = await connect(bo.token, room.id)
  const [one, last] = [seq + 1, seq + 5]
  const steps: (() => Promise<unknown>)[] = [
    async () => {
      b.send({ do: 'message.post', ref: 1, nonce: 'one', text: 'one' })
      await b.answer(1)
    },
    () => ana.post(`${path}/messages`, { nonce: 'two', text: 'two' }),
    () => bo.patch(`${path}/messages/${one}`, { text: 'uno' }),
    async () => {
      b.send({ do: 'message.post', ref: 2, nonce: 'one', text: 'again' })
      expect(await b.answer(2)).toEqual({ ref: 2, seq: one })
    },
    () => ana.patch(path, { topic: 'Tides' }),
    () => bo.delete(`${path}/messages/${one}`),
  ]
  for (const step of steps) {
    const seen = await bo.get(path)
    await evictDurableObject(stub)
    expect((await bo.get(path)).body).toEqual(seen.body)
    await evictDurableObject(stub)
    await step()
  }
  const { body } = await bo.get(path)
  expect(body).toMatchObject({ seq: last, n: 2, me: { sentCount: 1, unread: 1 } })
  await a.event(last)
  for (const socket of [a, b]) {
    await socket.event(last)
    expect(socket.events.map((event) => event.seq)).toEqual([1, 2, 3, 4, 5].map((n) => seq + n))
    expect(socket.closed).toBeUndefined()
  }
})
