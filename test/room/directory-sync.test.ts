import { createScheduledController, evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { open } from '../../src/directory/database'
import * as tables from '../../src/directory/schema'
import { sweepPending } from '../../src/fanout/profile-fanout'
import type { ChatRoom } from '../../src/room/chat-room'
import { spyOnD1 } from '../fixtures/d1-spy'
import { eventually } from '../fixtures/eventually'
import { newMessage } from '../fixtures/rooms'
import { createScenario } from '../fixtures/scenario'
import { createUser } from '../fixtures/users'

let d1: ReturnType<typeof spyOnD1>
const logged = vi.fn()
beforeEach(() => {
  d1 = spyOnD1()
  // Each failure of D1 is logged, and there are hundreds.
  vi.spyOn(console, 'error').mockImplementation(logged)
})
afterEach(() => {
  d1.restore()
  vi.restoreAllMocks()
  logged.mockClear()
})

/** Every row of the index beside every row of the rosters it was made from. */
async function compare(roomIds: string[]) {
  const directory = open(env.DB)
  const [rooms, memberships] = await Promise.all([
    directory.select().from(tables.rooms),
    directory.select().from(tables.memberships),
  ])
  for (const roomId of roomIds) {
    const stub = env.ROOMS.get(env.ROOMS.idFromName(roomId))
    const home = await runInDurableObject(stub, (_room, { storage: { sql } }) => ({
      room: sql
        .exec(
          `select name, topic, listed, member_count as memberCount,
            (select max(seq) from (select seq from messages union select seq from events)) as seq,
            (select count(*) from messages) as n from room`,
        )
        .one(),
      members: sql
        .exec(
          `select user_id as userId, role, joined_at as joinedAt, left_at as leftAt,
            notify, snoozed_until as snoozedUntil, favourite, archived_t as archivedT,
            read_n as readN, (select count(*) from messages where author_id = user_id) as sentCount
          from members order by user_id`,
        )
        .toArray(),
    }))
    const row = rooms.find(({ id }) => id === roomId)
    expect({ ...row, listed: Number(row?.listed) }).toMatchObject(home.room)
    const own = memberships
      .filter((membership) => membership.roomId === roomId)
      .sort((a, b) => (a.userId < b.userId ? -1 : 1))
      .map(({ userId, role, joinedAt, leftAt, readN, sentCount, ...row }) => ({
        userId,
        role,
        joinedAt,
        leftAt,
        notify: row.notify,
        snoozedUntil: row.snoozedUntil,
        favourite: Number(row.isFavourite),
        archivedT: row.archivedT,
        readN,
        sentCount,
      }))
    expect(own).toEqual(home.members)
    expect(home.room.memberCount).toBe(home.members.filter(({ leftAt }) => leftAt === null).length)
  }
}

it('while D1 is down users post, join known rooms and leave; afterwards every directory row is right', async () => {
  const { ana, bo, cy, room, path } = await createScenario()
  await cy.put(`${path}/members/@me`)
  d1.isDown = true
  const stranger = await createUser('Di').catch(() => undefined)
  expect(stranger).toBeUndefined()
  for (let i = 0; i < 20; i += 1) {
    expect((await bo.post(`${path}/messages`, newMessage(`${i}`))).status).toBe(201)
  }
  expect((await cy.delete(`${path}/members/@me`)).status).toBe(204)
  expect((await cy.put(`${path}/members/@me`)).body.code).toBe('unavailable')
  expect((await ana.patch(path, { name: 'Pier' })).body.name).toBe('Pier')
  d1.isDown = false
  await eventually(() => compare([room.id]))
})

/** As on a full disk: the room can no longer write down what to do later. */
const fillJobs = (stub: DurableObjectStub<ChatRoom>) =>
  runInDurableObject(stub, (_room, { storage: { sql } }) => {
    const exec = sql.exec.bind(sql)
    const full = (query: string, ...bindings: SqlStorageValue[]) => {
      if (query.includes('insert into jobs'))
        throw new Error('database or disk is full: SQLITE_FULL')
      return exec(query, ...bindings)
    }
    Object.defineProperty(sql, 'exec', { value: full, configurable: true })
    return () => Object.defineProperty(sql, 'exec', { value: exec, configurable: true })
  })

it('a command succeeds even if the room cannot record that the directory is behind', async () => {
  const { ana, room, path, stub } = await createScenario()
  const empty = await fillJobs(stub)
  expect((await ana.post(`${path}/messages`, newMessage('one'))).status).toBe(201)
  // Noted by nobody, and D1 does not take it either.
  d1.isDown = true
  expect((await ana.patch(path, { name: 'Pier' })).body.name).toBe('Pier')
  d1.isDown = false
  empty()
  await ana.post(`${path}/messages`, newMessage('two'))
  await eventually(() => compare([room.id]))
})

it('jobs whose alarm the runtime gave up run again when the room wakes', async () => {
  const { ana, path, stub } = await createScenario()
  const alarm = () => runInDurableObject(stub, (_room, { storage }) => storage.getAlarm())
  await runInDurableObject(stub, async (_room, { storage }) => {
    storage.sql.exec(`insert or replace into jobs (kind, key, due_at) values ('sockets', '', 1)`)
    await storage.deleteAlarm()
  })
  expect(await alarm()).toBeNull()
  await evictDurableObject(stub)
  await ana.get(path)
  await eventually(() =>
    runInDurableObject(stub, (_room, { storage: { sql } }) =>
      expect(sql.exec('select 1 from jobs where due_at = 1').toArray()).toEqual([]),
    ),
  )
})

it('a directory restored to an earlier state is repaired from the room', async () => {
  const { ana, room, path } = await createScenario()
  await ana.post(`${path}/messages`, newMessage('one'))
  await ana.get(`/v1/me/rooms?seen=${room.id}:3`)
  await open(env.DB).delete(tables.memberships)
  await open(env.DB).delete(tables.rooms)
  await ana.patch(path, { name: 'Pier' })
  await compare([room.id])
})

it('a directory that drops what is written is retried with a backoff, and is right once it keeps it', async () => {
  const { ana, bo, room, path } = await createScenario()
  // More than one slice of a sync takes.
  for (let i = 0; i < 45; i += 1) {
    await ana.post(`${path}/messages`, { ...newMessage(`${i}`), mentions: [bo.id] })
  }
  await ana.get(`/v1/me/rooms?seen=${room.id}:47`)
  await env.DB.prepare(
    `create trigger leak after insert on rooms when new.id = '${room.id}'
      begin delete from rooms where id = new.id; end`,
  ).run()
  await open(env.DB).delete(tables.rooms)
  expect((await ana.patch(path, { name: 'Pier' })).status).toBe(200)
  const failure = expect.objectContaining({ message: expect.stringContaining('dropped rows') })
  expect(logged).toHaveBeenCalledWith(failure)
  await env.DB.prepare('drop trigger leak').run()
  await eventually(() => compare([room.id]))
})

it('whatever D1 misses while it comes and goes, in the end directory, members and profiles agree', async () => {
  const rooms = await Promise.all(Array.from({ length: 4 }, () => createScenario()))
  const people = await Promise.all(Array.from({ length: 24 }, (_, i) => createUser(`P${i}`)))
  const steps = fc.sample(
    fc.record({
      who: fc.nat(people.length - 1),
      where: fc.nat(rooms.length - 1),
      what: fc.constantFrom(
        ...([
          'join',
          'leave',
          'post',
          'post',
          'post',
          'prefer',
          'rename',
          'delete',
          'switch',
        ] as const),
      ),
    }),
    { numRuns: 400, seed: 11 },
  )
  for (let start = 0; start < steps.length; start += 8) {
    await Promise.all(
      steps.slice(start, start + 8).map(async ({ who, where, what }, i) => {
        const actor = people[who] as Awaited<ReturnType<typeof createUser>>
        const path = rooms[where]?.path
        if (what === 'join') await actor.put(`${path}/members/@me`)
        if (what === 'leave') await actor.delete(`${path}/members/@me`)
        if (what === 'post') await actor.post(`${path}/messages`, newMessage(`${start} ${i}`))
        if (what === 'prefer') {
          const snoozedUntil = `2099-01-01T00:00:00.${start + 100}Z`
          const patch = { notify: 'none', favourite: who % 2 === 0, archived: true, snoozedUntil }
          await actor.patch(`${path}/members/@me`, patch)
        }
        if (what === 'rename') await actor.patch('/v1/me', { displayName: `Renamed ${start} ${i}` })
        if (what === 'delete' && who % 4 === 0) await actor.delete('/v1/me?now=true')
        if (what === 'switch') d1.isDown = !d1.isDown
      }),
    )
  }
  d1.isDown = false
  await sweepPending(createScheduledController(), env)
  const roomIds = rooms.map(({ room }) => room.id)
  await eventually(async () => {
    await compare(roomIds)
    const users = await open(env.DB).select().from(tables.users)
    for (const roomId of roomIds) {
      const stub = env.ROOMS.get(env.ROOMS.idFromName(roomId))
      const copies = await runInDurableObject(stub, (_room, { storage: { sql } }) =>
        sql
          .exec('select user_id as id, display_name as displayName, left_at as leftAt from members')
          .toArray(),
      )
      for (const { id, displayName, leftAt } of copies) {
        const user = users.find((one) => one.id === id)
        expect(displayName).toBe(user?.deletedAt ? 'deleted user' : user?.displayName)
        if (user?.deletedAt) expect(leftAt).not.toBeNull()
      }
    }
  })
})
