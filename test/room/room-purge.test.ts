import {
  createScheduledController,
  evictDurableObject,
  runDurableObjectAlarm,
  runInDurableObject,
} from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { runSweeps } from '../../src/cron'
import { open } from '../../src/directory/database'
import * as roomProjection from '../../src/directory/room-projection'
import * as roomPurge from '../../src/directory/room-purge'
import * as schema from '../../src/room/store/schema'
import * as sequences from '../../src/room/store/sequence'
import * as changes from '../../src/room/sync/changes'
import { stopClock } from '../fixtures/clock'
import { spyOnD1 } from '../fixtures/d1-spy'
import { newMessage } from '../fixtures/rooms'
import { createScenario, type Scenario } from '../fixtures/scenario'
import { createUser } from '../fixtures/users'

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

let d1: ReturnType<typeof spyOnD1>
beforeEach(() => {
  d1 = spyOnD1()
})
afterEach(() => {
  d1.restore()
  vi.restoreAllMocks()
})

/** How many rows of each table of D1 have the room's id in any column; tables with none are left out. */
async function rowsNaming(roomId: string): Promise<Record<string, number>> {
  const { results } = await env.DB.prepare(
    `select t.name as name, c.name as column from sqlite_master t, pragma_table_info(t.name) c
    where t.type = 'table' and t.name not like 'sqlite_%' and t.name not like '_cf_%'`,
  ).all<{ name: string; column: string }>()
  const columns = Map.groupBy(results, ({ name }) => name)
  expect(columns.size).toBeGreaterThan(8)
  const counts: Record<string, number> = {}
  for (const [name, of] of columns) {
    const isNaming = of.map(({ column }) => `instr(coalesce("${column}", ''), ?1) > 0`).join(' or ')
    const query = `select count(*) as count from "${name}" where ${isNaming}`
    const row = await env.DB.prepare(query).bind(roomId).first<{ count: number }>()
    if (row?.count) counts[name] = row.count
  }
  return counts
}

/** A room that has something of everything that may leave rows. */
async function createFullScenario() {
  const scenario = await createScenario()
  const { ana, bo, cy, path } = scenario
  await cy.put(`${path}/members/@me`)
  const post = (text: string, more: object = {}) =>
    ana.post(`${path}/messages`, { ...newMessage(text), ...more })
  const { body } = await post('both of you', { mentions: [bo.id, cy.id] })
  await post('bo again', { mentions: [bo.id], replyTo: body.seq })
  await post('all', { mentionsRoom: true })
  await bo.put(`${path}/messages/${body.seq}/reactions/%F0%9F%8E%89/@me`)
  await bo.put(`${path}/read-marker`, { seq: body.seq })
  await ana.put(`${path}/bans/${cy.id}`, { reason: 'shouting' })
  const [banned, allowed] = [await createUser('Di'), await createUser('Ed')]
  await ana.put(`${path}/bans/${banned.id}`, {})
  await ana.put(`${path}/allowlist/${allowed.id}`)
  await ana.post(`${path}/invites`, {})
  return scenario
}

const isGone = (stub: Scenario['stub']) =>
  runInDurableObject(stub, (_room, { storage: { sql } }) => !schema.exists(sql))

/** Runs the room's alarms, a minute apart, until it is gone. */
async function runToTheEnd(stub: Scenario['stub'], clock: ReturnType<typeof stopClock>) {
  for (let runs = 0; runs < 20 && !(await isGone(stub)); runs += 1) {
    clock.advance(MINUTE_MS)
    await runDurableObjectAlarm(stub)
  }
  expect(await isGone(stub)).toBe(true)
}

it('no row of D1 names a deleted room', async () => {
  const { ana, room, path, stub } = await createFullScenario()
  await stub.syncDirectory(ana.id, Number.MAX_SAFE_INTEGER)
  expect(await rowsNaming(room.id)).toEqual({
    memberships: 4,
    mentions: 3,
    rooms: 1,
    thread_follows: 3,
    threads: 1,
  })
  const clock = stopClock()
  await ana.delete(path)
  await runToTheEnd(stub, clock)
  expect(await rowsNaming(room.id)).toEqual({})
})

it('nor does one wherever its deletion breaks off', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => {})
  const clock = stopClock()
  let refusals = 1
  for (let allowed = 0; refusals > 0; allowed += 1) {
    const { ana, room, path, stub } = await createFullScenario()
    refusals = 0
    let left = allowed
    d1.fails = (parameters) => {
      if (!parameters.some((value) => String(value).includes(room.id))) return false
      left -= 1
      if (left < 0) refusals += 1
      return left < 0
    }
    await ana.delete(path)
    clock.advance(MINUTE_MS)
    await runDurableObjectAlarm(stub)
    clock.advance(MINUTE_MS)
    await runDurableObjectAlarm(stub)
    await evictDurableObject(stub)
    d1.fails = () => false
    await runToTheEnd(stub, clock)
    expect(await rowsNaming(room.id), `broken off after ${allowed}`).toEqual({})
    expect(allowed).toBeLessThan(30)
  }
})

it('goes on where it was when its own tables outlive its rows in D1', async () => {
  const { ana, room, path, stub } = await createFullScenario()
  const clock = stopClock()
  await ana.delete(path)
  await roomPurge.forget(open(env.DB), room.id)
  await evictDurableObject(stub)
  await runToTheEnd(stub, clock)
  expect(await rowsNaming(room.id)).toEqual({})
})

it('a sync that was under way brings nothing back', async () => {
  const { ana, room, path, stub } = await createFullScenario()
  await stub.syncDirectory(ana.id, Number.MAX_SAFE_INTEGER)
  const late = await runInDurableObject(stub, (_room, { storage: { sql } }) =>
    changes.read(sql, sequences.load(sql), changes.NOTHING_SYNCED),
  )
  if (!late) throw new Error('nothing to sync')
  expect(late.members.length + late.mentions.length).toBeGreaterThan(0)
  const clock = stopClock()
  await ana.delete(path)
  await runDurableObjectAlarm(stub)
  expect(await rowsNaming(room.id)).toEqual({ rooms: 1 })
  // The first sync of a room, which it sent a moment before its end.
  await roomProjection.applyProjection(open(env.DB), late)
  expect(await rowsNaming(room.id)).toEqual({ rooms: 1 })
  await runToTheEnd(stub, clock)
  // One of a room that D1 had.
  await roomProjection.applyProjection(open(env.DB), { ...late, since: 1 })
  expect(await rowsNaming(room.id)).toEqual({})
})

/** Writes a room into D1 alone: 1,200 members of whom one was mentioned 700 times. */
async function writeRows(roomId: string, deletedAt: number | null) {
  const count = (n: number) =>
    `with recursive i (n) as (select 1 union all select n + 1 from i where n < ${n})`
  await env.DB.batch([
    env.DB.prepare(
      `insert into rooms (id, version, kind, access, listed, receipts, has_password, slow_mode_seconds, frozen, plain_files,
        created_at, seq, n, member_count, last_message_at, deleted_at)
      values (?, 1, 'channel', 'open', 1, 'all', 0, 0, 0, 0, 5, 1, 1, 1, 1, ?)`,
    ).bind(roomId, deletedAt),
    env.DB.prepare(
      `${count(1200)} insert into memberships (user_id, room_id, version, role, joined_at, read_seq, read_n, sent_count, visited_at)
      select 'user' || n, ?, 1, 'member', 1, 1, 1, 1, 1 from i`,
    ).bind(roomId),
    env.DB.prepare(
      `${count(700)} insert into mentions (user_id, at, room_id, seq) select 'user7', 4 + n, ?, n from i`,
    ).bind(roomId),
  ])
}

it('the cron purges what rooms left that were deleted long ago, and no other', async () => {
  const all = { memberships: 1200, mentions: 700, rooms: 1 }
  const [old, recent, alive] = ['old-room', 'recent-room', 'living-room']
  await writeRows(old, Date.now() - 4 * DAY_MS)
  await writeRows(recent, Date.now() - DAY_MS)
  await writeRows(alive, null)
  await runSweeps(createScheduledController(), env)
  expect(await rowsNaming(old)).toEqual({})
  expect(await rowsNaming(recent)).toEqual(all)
  expect(await rowsNaming(alive)).toEqual(all)
  stopClock(Date.now() + 4 * DAY_MS)
  const statementsOfSweep = async () => {
    const before = d1.statements.length
    await runSweeps(createScheduledController(), env)
    return d1.statements.length - before
  }
  const [withRoom, without] = [await statementsOfSweep(), await statementsOfSweep()]
  expect(withRoom - without).toBeLessThan(30)
  expect(await rowsNaming(recent)).toEqual({})
  expect(await rowsNaming(alive)).toEqual(all)
  await env.DB.batch(
    ['memberships where room_id', 'mentions where room_id', 'rooms where id'].map((where) =>
      env.DB.prepare(`delete from ${where} = ?`).bind(alive),
    ),
  )
})

it('each statement of a purge uses an index', async () => {
  const directory = open(env.DB)
  const plan = async (sql: string, params: unknown[]) => {
    const statement = env.DB.prepare(`explain query plan ${sql}`).bind(...params)
    return (await statement.all<{ detail: string }>()).results.map(({ detail }) => detail)
  }
  const { sql, params } = roomPurge.selectAbandoned(directory, 1).toSQL()
  expect((await plan(sql, params)).join()).toContain('rooms_deleted')
  const members = roomPurge.selectMembers(directory, 'room').toSQL()
  expect((await plan(members.sql, members.params)).join()).toContain('memberships_by_room')
  await roomPurge.purgeSlice(directory, 'no-such-room')
  d1.statements.length = 0
  await writeRows('planned-room', 1)
  while (await roomPurge.purgeSlice(directory, 'planned-room'));
  await roomPurge.forget(directory, 'planned-room')
  const deletes = d1.statements.filter(({ query }) => query.startsWith('delete'))
  expect(deletes.length).toBeGreaterThan(4)
  for (const { query, parameters } of deletes) {
    const details = await plan(query, parameters)
    expect(details.filter((detail) => /SCAN (?!\w+ VIRTUAL)/.test(detail))).toEqual([])
  }
})
