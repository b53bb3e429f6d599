import { runDurableObjectAlarm } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, it } from 'vitest'
import { signAccessToken } from '../../src/auth/tokens'
import { newId } from '../../src/ids'
import { TokenBuckets } from '../../src/rate-limit/token-bucket'
import { call } from '../fixtures/api'
import { stopClock } from '../fixtures/clock'
import { newMessage } from '../fixtures/rooms'
import { createScenario } from '../fixtures/scenario'
import { connect } from '../fixtures/socket'

const token = async (userId: string, age = 0) =>
  (await signAccessToken(env.TOKEN_SECRET, { userId, sessionId: newId() }, Date.now() - age)).token

it('a bucket gives a burst, then its rate, and says how long to wait', () => {
  const buckets = new TokenBuckets({ name: 'knocks', perSecond: 2, burst: 3 })
  const take = (now: number) => buckets.consume('bo', now)
  expect([take(0), take(0), take(0)]).toEqual([0, 0, 0])
  expect(take(0)).toBe(0.5)
  expect(take(250)).toBe(0.25)
  expect(take(500)).toBe(0)
  expect(buckets.consume('ana', 500)).toBe(0)
  expect([buckets.consume('ana', 500, 3), buckets.consume('ana', 500, 2)]).toEqual([0.5, 0])
  expect(buckets.consume('di', 500, 4)).toBe(0)
  expect([take(9000), take(9000), take(9000)]).toEqual([0, 0, 0])
  expect(take(9000)).toBeGreaterThan(0)
})

it('past the burst, posts are refused with a Retry-After, repeats are not, and a flood closes the socket', async () => {
  const { ana, bo, room, path } = await createScenario()
  // While it stands, no bucket gets anything back.
  stopClock()
  const socket = await connect(bo.token, room.id)
  const post = (i: number) => ({ do: 'message.post', ref: i, nonce: `flood ${i}`, text: `${i}` })
  for (let i = 0; i < 1700; i += 1) socket.send(post(i))
  await socket.answer(1699)
  const refused = socket.answers.filter((answer) => 'problem' in answer)
  expect(refused).toHaveLength(200)
  expect(refused.at(-1)).toMatchObject({ problem: { code: 'rate_limited', retryAfter: 1 } })
  const replies = await Promise.all(
    Array.from({ length: 60 }, () => bo.post(`${path}/messages`, newMessage('too fast'))),
  )
  const late = replies.find(({ status }) => status === 429)
  expect(late?.headers.get('Retry-After')).toBe('1')
  expect(late?.headers.get('RateLimit-Policy')).toBe('"posts";q=1500;w=75')
  expect(late?.headers.get('RateLimit')).toBe('"posts";r=0;t=1')
  expect((await bo.post(`${path}/messages`, { nonce: 'flood 0', text: 'again' })).status).toBe(200)
  expect((await ana.post(`${path}/messages`, newMessage('others may'))).status).toBe(201)
  // With the posts more than frames may come at once. Not until it closes: the slower the machine, the more would wait in line.
  for (let i = 0; i < 2000; i += 1) socket.send({ do: 'typing' })
  expect(await socket.end()).toEqual({ code: 4429, reason: 'rate_limited; retryAfter=1' })
})

it('a flood over HTTP is refused before it reaches the room, and nobody else notices', async () => {
  const { ana, bo, room, path } = await createScenario()
  const elsewhere = () => bo.get(`/v1/rooms/${crypto.randomUUID()}`)
  // Refused as soon as it is known who asks: without a type.
  const knock = () =>
    call('POST', `${path}/messages`, { token: bo.token, headers: { 'Content-Type': '' }, body: '' })
  const clock = stopClock()
  const first = await bo.post(`${path}/messages`, { nonce: 'once', text: 'Hello' })
  let last = await knock()
  let count = 2
  for (; last.status !== 429 && count < 3100; count += 1) {
    last = await (count < 22 ? elsewhere() : knock())
  }
  // Twenty rooms that were not found counted as ten requests each.
  expect(count).toBe(3001 - 20 * 9)
  expect(last.body.code).toBe('rate_limited')
  expect(last.headers.get('RateLimit-Policy')).toBe('"requests";q=3000;w=30')
  expect(last.headers.get('RateLimit')).toBeNull()
  // A hundred come back in a second, and opening a socket takes ten.
  clock.advance(90)
  const refused = await connect(bo.token, room.id)
  expect(await refused.end()).toEqual({ code: 4429, reason: 'rate_limited; retryAfter=1' })
  clock.advance(20)
  expect((await connect(bo.token, room.id)).closed).toBeUndefined()
  expect([(await knock()).status, (await knock()).status]).toEqual([415, 429])
  expect((await ana.get(path)).status).toBe(200)
  expect((await bo.get('/v1/me')).status).toBe(429)
  clock.advance(1000)
  const again = await bo.post(`${path}/messages`, { nonce: 'once', text: 'Hello' })
  expect([again.status, again.body.seq]).toEqual([200, first.body.seq])
})

it('a user has at most 20 sockets in a room', async () => {
  const { ana, bo, room } = await createScenario()
  const first = await connect(bo.token, room.id)
  for (let i = 1; i < 20; i += 1) await connect(bo.token, room.id)
  const refused = await connect(bo.token, room.id)
  expect(await refused.end()).toEqual({ code: 4409, reason: 'too_many' })
  expect((await connect(ana.token, room.id)).ready?.online.count).toBe(2)
  first.close()
  await first.end()
  expect((await connect(bo.token, room.id)).closed).toBeUndefined()
})

it('a newer token keeps a socket open; a token of someone else does not', async () => {
  const { ana, bo, room, path } = await createScenario()
  const socket = await connect(await token(bo.id, 300_000), room.id)
  socket.send({ do: 'auth', ref: 1, token: ana.token })
  expect(await socket.answer(1)).toMatchObject({ problem: { code: 'forbidden' } })
  socket.send({ do: 'auth', ref: 2, token: 'nonsense' })
  expect(await socket.answer(2)).toMatchObject({ problem: { code: 'unauthenticated' } })
  socket.send({ do: 'auth', ref: 3, token: bo.token })
  expect(await socket.answer(3)).toMatchObject({ ref: 3 })
  stopClock(Date.now() + 301_000)
  const { body } = await ana.post(`${path}/messages`, newMessage('still there?'))
  await socket.event(body.seq)
})

it('the alarm closes idle sockets whose token expired', async () => {
  const clock = stopClock()
  const { ana, bo, room, stub } = await createScenario()
  const old = await connect(await token(bo.id, 60_000), room.id)
  const young = await connect(ana.token, room.id)
  clock.advance(570_000)
  await runDurableObjectAlarm(stub)
  expect(await old.end()).toEqual({ code: 4401, reason: 'token_expired' })
  expect(young.closed).toBeUndefined()
})
