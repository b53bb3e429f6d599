import { env } from 'cloudflare:workers'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { statusOf } from '../src/errors'
import { Problem } from '../src/schemas/problems'
import { checkReply } from './fixtures/api'
import { type Attack, attacks } from './fixtures/hostile-requests'
import { newMessage } from './fixtures/rooms'
import { createScenario } from './fixtures/scenario'
import { fetchService } from './fixtures/service'
import { connect } from './fixtures/socket'
import { createUser } from './fixtures/users'

async function send({ method, path, headers, body }: Attack) {
  const init: RequestInit = { method, headers: new Headers(headers) }
  if (body !== undefined) init.body = body
  const response = await fetchService(path, init)
  const text = await response.text()
  const isJson = /[/+]json/.test(response.headers.get('Content-Type') ?? '')
  return {
    status: response.status,
    headers: response.headers,
    body: isJson ? JSON.parse(text) : text,
  }
}

it('any input to any endpoint is answered by its schema or by a documented problem', async () => {
  const { ana, bo, room, path } = await createScenario()
  const { body: message } = await bo.post(`${path}/messages`, newMessage('hello'))
  const ids = [room.id, ana.id, bo.id, String(message.seq), '0', '@me']
  const known = [ana, bo, await createUser('Cy'), await createUser('Di')].map(
    ({ token }) => `Bearer ${token}`,
  )
  const tokens = [...known, ...known, 'Bearer x', 'Basic eDp5']
  const statuses = new Map<number, number>()
  await fc.assert(
    fc.asyncProperty(attacks(ids, tokens), async (attack) => {
      const reply = await send(attack)
      statuses.set(reply.status, (statuses.get(reply.status) ?? 0) + 1)
      expect(reply.status).toBeLessThan(500)
      checkReply(attack.method, attack.path.split('?')[0] as string, reply)
      if (reply.status < 400) return
      const problem = Problem.parse(reply.body)
      expect(reply.headers.get('Content-Type')).toBe('application/problem+json')
      expect(statusOf[problem.code]).toBe(reply.status)
      expect(JSON.stringify(problem)).not.toMatch(/SQLITE|D1_ERROR|at \w+ \(|TypeError/)
    }),
    { numRuns: env.THOROUGH ? 12_000 : 1500, seed: 20261122 },
  )
  console.log(
    `hostile: ${[...statuses]
      .sort()
      .map(([status, n]) => `${n} x ${status}`)
      .join(', ')}`,
  )
})

it('hostile frames close their socket or are answered; other sockets notice nothing', async () => {
  const { ana, bo, room, path } = await createScenario()
  const bystander = await connect(ana.token, room.id)
  const frames = fc.oneof(
    fc.jsonValue({ maxDepth: 4 }).map((value) => JSON.stringify(value)),
    fc.string({ unit: 'binary' }),
    fc
      .record({
        do: fc.constantFrom('message.post', 'message.edit', 'read.mark', 'auth', 'typing', 'x'),
        ref: fc.oneof(fc.integer(), fc.string(), fc.constant(null)),
        nonce: fc.oneof(fc.string({ unit: 'binary' }), fc.integer()),
        text: fc.oneof(fc.string({ unit: 'binary' }), fc.constant('\ud800'), fc.constant(7)),
        seq: fc.oneof(fc.integer(), fc.double(), fc.constant('1')),
        token: fc.string(),
      })
      .map((frame) => JSON.stringify(frame)),
    fc.constantFrom('['.repeat(20_000), `{"do":"typing","ref":"${'r'.repeat(33_000)}"}`),
  )
  await fc.assert(
    fc.asyncProperty(frames, async (frame) => {
      const socket = await connect(bo.token, room.id)
      socket.send(frame)
      if (!socket.closed) socket.send({ do: 'message.edit', ref: 'end', seq: 1, text: 'x' })
      const answer = await socket.until(
        () => socket.closed ?? socket.answers.find(({ ref }) => ref === 'end'),
        'an answer or the end',
      )
      if ('code' in answer) expect([4400, 4401, 4429]).toContain(answer.code)
      socket.close()
    }),
    { numRuns: 150, seed: 20261122 },
  )
  const { body } = await ana.post(`${path}/messages`, newMessage('still here'))
  await bystander.event(body.seq)
  expect(bystander.closed).toBeUndefined()
})

it("a closed room refuses an outsider's socket, whatever its subprotocol", async () => {
  const ana = await createUser('Ana')
  const cy = await createUser('Cy')
  const { body: room } = await ana.post('/v1/rooms', { access: 'closed' })
  for (const offered of [`chat.v1, bearer.${cy.token}`, `bearer.${cy.token}`, 'chat.v2', ',,,']) {
    const headers = { 'Sec-WebSocket-Protocol': offered }
    const socket = await connect(undefined, room.id, { headers })
    expect([4401, 4404]).toContain((await socket.end()).code)
  }
})
