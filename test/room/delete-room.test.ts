import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { stopClock } from '../fixtures/clock'
import { spyOnD1 } from '../fixtures/d1-spy'
import { eventually } from '../fixtures/eventually'
import { newMessage } from '../fixtures/rooms'
import { createScenario, type Scenario } from '../fixtures/scenario'
import { connect } from '../fixtures/socket'

let d1: ReturnType<typeof spyOnD1>
beforeEach(() => {
  d1 = spyOnD1()
})
afterEach(() => d1.restore())

// How long writes to D1 may be under way, after which a deleted room is forgotten there.
const LATE_WRITES_MS = 60_000

const tables = (stub: Scenario['stub']) =>
  runInDurableObject(stub, (_room, { storage: { sql } }) =>
    sql
      .exec<{ name: string }>(`select name from sqlite_master where type = 'table'`)
      .toArray()
      .filter(({ name }) => !name.startsWith('_cf_')),
  )

it('a deleted room tells everyone, closes their sockets and leaves nothing', async () => {
  const { ana, bo, room, path, stub } = await createScenario()
  await bo.post(`${path}/messages`, newMessage('going'))
  const socket = await connect(bo.token, room.id)
  expect((await bo.delete(path)).body.code).toBe('forbidden')
  expect((await ana.delete(path)).status).toBe(204)
  expect(await socket.end()).toEqual({ code: 4404, reason: 'gone' })
  expect(socket.events.map(({ type }) => type)).toEqual(['room.deleted'])
  expect((await ana.get(path)).status).toBe(404)
  expect((await bo.post(`${path}/messages`, newMessage('hello?'))).status).toBe(404)
  expect((await ana.delete(path)).status).toBe(404)
  stopClock(Date.now() + LATE_WRITES_MS)
  await eventually(async () => {
    await runDurableObjectAlarm(stub)
    expect(await tables(stub)).toEqual([])
  })
  expect((await ana.get(path)).status).toBe(404)
  const { body } = await ana.get('/v1/me/rooms')
  expect(body.items.map(({ id }: { id: string }) => id)).not.toContain(room.id)
})

it('its tables go only when the directory has the deletion', async () => {
  const { ana, room, path, stub } = await createScenario()
  d1.isDown = true
  expect((await ana.delete(path)).status).toBe(204)
  await runDurableObjectAlarm(stub)
  expect(await tables(stub)).not.toEqual([])
  expect((await ana.get(path)).status).toBe(404)
  d1.isDown = false
  stopClock(Date.now() + LATE_WRITES_MS)
  await eventually(async () => {
    await runDurableObjectAlarm(stub)
    expect(await tables(stub)).toEqual([])
  })
  const { body } = await ana.get('/v1/me/rooms')
  expect(body.items.map(({ id }: { id: string }) => id)).not.toContain(room.id)
})

it('posts queued behind the deletion in one commit are refused', async () => {
  const { ana, bo, room, path } = await createScenario()
  const socket = await connect(bo.token, room.id)
  const [deleted, ...posts] = await Promise.all([
    ana.delete(path),
    ...Array.from({ length: 5 }, (_, i) => bo.post(`${path}/messages`, newMessage(`late ${i}`))),
  ])
  expect(deleted?.status).toBe(204)
  await socket.end()
  const last = socket.events.at(-1)
  expect(last?.type).toBe('room.deleted')
  for (const post of posts) {
    if (post.status === 201) expect(post.body.seq).toBeLessThan(last?.seq ?? 0)
    else expect(post.status).toBe(404)
  }
})
