import { evictDurableObject } from 'cloudflare:test'
import { expect, it } from 'vitest'
import { newMessage } from '../fixtures/rooms'
import { createScenario } from '../fixtures/scenario'
import { connect } from '../fixtures/socket'

const AT_ONCE = 5
const times = <T>(make: (i: number) => T): T[] => Array.from({ length: AT_ONCE }, (_, i) => make(i))

it('five concurrent repeats over HTTP and sockets, before and after an eviction, are one message', async () => {
  const { ana, bo, room, path, stub, seq } = await createScenario()
  const sockets = await Promise.all(times(() => connect(bo.token, room.id)))
  const message = { nonce: 'lost answer', text: 'Is anybody there?' }
  const repeat = async (round: number) => {
    for (const socket of sockets) socket.send({ do: 'message.post', ref: round, ...message })
    const posted = await Promise.all(times(() => bo.post(`${path}/messages`, message)))
    const answered = await Promise.all(sockets.map((socket) => socket.answer(round)))
    return {
      seqs: [...posted.map(({ body }) => body.seq), ...answered.map((a) => 'seq' in a && a.seq)],
      created: posted.filter(({ status }) => status === 201).length,
    }
  }
  const rounds = [await repeat(1)]
  await evictDurableObject(stub)
  rounds.push(await repeat(2))
  expect(rounds.flatMap(({ seqs }) => seqs)).toEqual(Array(4 * AT_ONCE).fill(seq + 1))
  expect(rounds[0]?.created).toBeLessThanOrEqual(1)
  expect(rounds[1]?.created).toBe(0)
  const { body } = await ana.get(`${path}/messages`)
  expect(body.items.length).toBe(1)
  expect((await ana.get(path)).body).toMatchObject({ seq: seq + 1, n: 1 })
})

it('a stranger whose first post was repeated five times joined once', async () => {
  const { ana, cy, path, seq } = await createScenario()
  const message = { nonce: 'hello', text: 'May I?' }
  const posted = await Promise.all(times(() => cy.post(`${path}/messages`, message)))
  expect(posted.map(({ body }) => body.seq)).toEqual(Array(AT_ONCE).fill(seq + 2))
  expect(posted.filter(({ status }) => status === 201).length).toBe(1)
  expect((await ana.get(path)).body).toMatchObject({ seq: seq + 2, n: 1, memberCount: 3 })
})

it('a repeat is answered with the first message whatever has happened to its author since', async () => {
  const { ana, bo, path } = await createScenario()
  const message = { nonce: 'n', text: 'once' }
  const { body: first } = await bo.post(`${path}/messages`, message)
  await ana.put(`${path}/bans/${bo.id}`, {})
  const repeat = await bo.post(`${path}/messages`, message)
  // They may no longer read: all they learn is the seq that it had, not what became of it.
  expect(repeat.body).toMatchObject({ status: 403, code: 'banned', seq: first.seq })
  expect(repeat.body).not.toHaveProperty('text')
  const steps = [{ do: 'message.post', ...message }]
  expect((await bo.post(`${path}/batch`, { steps })).body).toMatchObject({
    code: 'banned',
    seq: first.seq,
  })
  const more = await bo.post(`${path}/messages`, newMessage('more'))
  expect(more.body.code).toBe('banned')
  expect(more.body).not.toHaveProperty('seq')
})

it('a repeat of someone who has left brings nobody back and uses no seq', async () => {
  const { ana, bo, path } = await createScenario()
  const message = { nonce: 'n', text: 'once' }
  const { body: first } = await bo.post(`${path}/messages`, message)
  await bo.delete(`${path}/members/@me`)
  const repeat = await bo.post(`${path}/messages`, message)
  expect([repeat.status, repeat.body.seq]).toEqual([200, first.seq])
  expect((await ana.get(path)).body).toMatchObject({
    seq: first.seq + 1,
    n: 1,
    memberCount: 1,
  })
  expect((await ana.post(`${path}/messages`, newMessage('next'))).body).toMatchObject({
    seq: first.seq + 2,
    n: 2,
  })
})

it('events over HTTP resume from 0 without a gap; from the future they are refused by name', async () => {
  const { ana, bo, path } = await createScenario()
  for (let i = 0; i < 5; i += 1) await bo.post(`${path}/messages`, newMessage(`${i}`))
  const { body } = await ana.get(`${path}/events?after=0`)
  expect(body.items.map(({ seq }: { seq: number }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7])
  expect((await ana.get(`${path}/events?after=7`)).body.items).toEqual([])
  const future = await ana.get(`${path}/events?after=8`)
  expect(future.body).toMatchObject({ code: 'invalid', detail: expect.stringContaining('after') })
})
