import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, expect, it, vi } from 'vitest'
import { newMessage } from '../fixtures/rooms'
import { createScenario, type Scenario } from '../fixtures/scenario'
import { connect } from '../fixtures/socket'
import { createUser } from '../fixtures/users'

afterEach(() => {
  vi.useRealTimers()
})

const rowsOf = async (table: string, column: string, value: string) =>
  (await env.DB.prepare(`select * from ${table} where ${column} = ?`).bind(value).all()).results

/** Writes rows into the room that would take as many requests. */
const fill = (stub: Scenario['stub'], insert: string, count: number) =>
  runInDurableObject(stub, (_room, { storage: { sql } }) => {
    sql.exec(
      `with recursive i (n) as (select 1 union all select n + 1 from i where n < ${count}) ${insert}`,
    )
  })

it('edits are as many as posts may be, and a message keeps its last 50 versions', async () => {
  const { ana, room, path, stub } = await createScenario()
  const { body } = await ana.post(`${path}/messages`, newMessage('the first'))
  const socket = await connect(ana.token, room.id)
  // However slow the machine: nothing is won back meanwhile.
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() })
  for (let i = 0; i < 1502; i += 1) {
    socket.send({ do: 'message.edit', ref: i, seq: body.seq, text: `edit ${i}` })
  }
  await socket.answer(1501)
  const refused = socket.answers.filter((answer) => 'problem' in answer)
  expect(refused.length).toBeGreaterThan(0)
  expect(refused.at(-1)).toMatchObject({ problem: { code: 'rate_limited', retryAfter: 1 } })
  // Versions of one millisecond are one; the clock of a room stands still within a turn.
  await fill(stub, `insert or ignore into versions select ${body.seq}, n, 'old ' || n from i`, 200)
  vi.setSystemTime(Date.now() + 1000)
  expect((await ana.patch(`${path}/messages/${body.seq}`, { text: 'the last' })).status).toBe(200)
  const { items } = (await ana.get(`${path}/messages/${body.seq}/versions`)).body
  expect(items).toHaveLength(50)
  expect(items[0].text).toMatch(/^edit /)
}, 60_000)

it('a room holds 10,000 bans; one that has ended makes place', async () => {
  const { ana, bo, cy, path, stub } = await createScenario()
  const insert = `insert into bans (user_id, by, created_at, expires_at) select 'u' || n, 'a', 1,`
  await fill(stub, `${insert} null from i`, 10_000)
  const refused = await ana.put(`${path}/bans/${cy.id}`, {})
  expect([refused.status, refused.body.code]).toEqual([409, 'too_many'])
  expect((await bo.get(path)).status).toBe(200)
  await runInDurableObject(stub, (_room, { storage: { sql } }) => {
    sql.exec(`update bans set expires_at = 2 where user_id = 'u7'`)
  })
  expect((await ana.put(`${path}/bans/${cy.id}`, {})).status).toBe(204)
  expect((await ana.put(`${path}/bans/${cy.id}`, { reason: 'again' })).status).toBe(204)
})

it('an allowlist holds 10,000 users', async () => {
  const { ana, bo, cy, path, stub } = await createScenario()
  await fill(stub, `insert into allowlist select 'u' || n, 'a', 1 from i`, 9999)
  expect((await ana.put(`${path}/allowlist/${cy.id}`)).status).toBe(204)
  const refused = await ana.put(`${path}/allowlist/${bo.id}`)
  expect([refused.status, refused.body.code]).toEqual([409, 'too_many'])
  expect((await ana.put(`${path}/allowlist/${cy.id}`)).status).toBe(204)
})

it('a stranger on an allowlist gets no row for it, and is shown by their name of today', async () => {
  const { ana, path } = await createScenario()
  const stranger = await createUser('Before')
  expect((await ana.put(`${path}/allowlist/${stranger.id}`)).status).toBe(204)
  await stranger.patch('/v1/me', { displayName: 'After' })
  const { items } = (await ana.get(`${path}/allowlist`)).body
  expect(items).toMatchObject([{ user: { id: stranger.id, displayName: 'After' } }])
  expect(await rowsOf('memberships', 'user_id', stranger.id)).toEqual([])
})
