import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { open } from '../../src/directory/directory'
import * as tables from '../../src/directory/tables'
import { watchD1 } from '../helpers/d1'
import { openRoom, person, saying } from '../helpers/person'

let d1: ReturnType<typeof watchD1>
beforeEach(() => {
  d1 = watchD1()
})
afterEach(() => d1.restore())

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
      .map(({ userId, role, joinedAt, leftAt, readN, sentCount }) => ({
        userId,
        role,
        joinedAt,
        leftAt,
        readN,
        sentCount,
      }))
    expect(own).toEqual(home.members)
    expect(home.room.memberCount).toBe(home.members.filter(({ leftAt }) => leftAt === null).length)
  }
}

it('while D1 is down people post, join known rooms and leave; afterwards every index row is right', async () => {
  const { ana, bo, cy, room, path } = await openRoom()
  await cy.put(`${path}/members/@me`)
  d1.isDown = true
  const stranger = await person('Di').catch(() => undefined)
  expect(stranger).toBeUndefined()
  for (let i = 0; i < 20; i += 1) {
    expect((await bo.post(`${path}/messages`, saying(`${i}`))).status).toBe(201)
  }
  expect((await cy.delete(`${path}/members/@me`)).status).toBe(204)
  expect((await cy.put(`${path}/members/@me`)).body.code).toBe('unavailable')
  expect((await ana.patch(path, { name: 'Pier' })).body.name).toBe('Pier')
  d1.isDown = false
  await vi.waitFor(() => compare([room.id]), { timeout: 20_000, interval: 500 })
}, 30_000)

it('an index that was put back to an earlier state is made again from the room', async () => {
  const { ana, room, path } = await openRoom()
  await ana.post(`${path}/messages`, saying('one'))
  await ana.get(`/v1/me/rooms?seen=${room.id}:3`)
  await open(env.DB).delete(tables.memberships)
  await open(env.DB).delete(tables.rooms)
  await ana.patch(path, { name: 'Pier' })
  await compare([room.id])
})
