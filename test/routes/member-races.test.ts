import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { open } from '../../src/directory/database'
import * as tables from '../../src/directory/schema'
import { newMessage } from '../fixtures/rooms'
import { createScenario } from '../fixtures/scenario'
import { createUser } from '../fixtures/users'

const ROUNDS = 25
const pauses = fc.sample(fc.tuple(fc.boolean(), fc.nat(4)), { numRuns: ROUNDS, seed: 5 })

/** Two things at nearly the same moment, in either order. */
const race = <A, B>([first, pause]: [boolean, number], a: () => Promise<A>, b: () => Promise<B>) =>
  Promise.all([
    first ? a() : scheduler.wait(pause).then(a),
    first ? scheduler.wait(pause).then(b) : b(),
  ])

/** The directory's rows of a room are those of its roster. */
async function agree(roomId: string, { id }: { id: string }): Promise<void> {
  const stub = env.ROOMS.get(env.ROOMS.idFromName(roomId))
  await stub.syncDirectory(id, Number.MAX_SAFE_INTEGER)
  const roster = await runInDurableObject(stub, (_room, { storage: { sql } }) =>
    sql
      .exec<{ id: string; role: string; left: number | null }>(
        'select user_id as id, role, left_at as left from members order by user_id',
      )
      .toArray(),
  )
  const rows = await open(env.DB).select().from(tables.memberships)
  const index = rows
    .filter((row) => row.roomId === roomId)
    .map(({ userId, role, leftAt }) => ({ id: userId, role, left: leftAt }))
    .sort((a, b) => (a.id < b.id ? -1 : 1))
  expect(index).toEqual(roster)
}

it('two owners who step down or go at once leave the room one owner', async () => {
  for (const moment of pauses) {
    const { ana, bo, path, room } = await createScenario()
    await ana.patch(`${path}/members/${bo.id}`, { role: 'owner' })
    const [one, two] = await race(
      moment,
      () => ana.patch(`${path}/members/${ana.id}`, { role: 'member' }),
      () => bo.delete(`${path}/members/@me`),
    )
    const codes = [one, two].map(({ status, body }) => (status < 300 ? 'ok' : body.code)).sort()
    expect(codes).toEqual(['last_owner', 'ok'])
    const other = await ana.patch(`${path}/members/${bo.id}`, { role: 'member' })
    expect(['forbidden', 'not_found']).toContain(other.body.code)
    await agree(room.id, ana)
  }
})

it('a ban during a join leaves the banned outside', async () => {
  const { ana, path, room } = await createScenario()
  for (const moment of pauses) {
    const cy = await createUser('Cy')
    const [joined] = await race(
      moment,
      () => cy.put(`${path}/members/@me`),
      () => ana.put(`${path}/bans/${cy.id}`, {}),
    )
    // Joined and out again, or never in.
    expect([200, 403]).toContain(joined.status)
    expect((await cy.get(path)).body.code).toBe('banned')
    expect((await ana.get(`${path}/members/${cy.id}`)).status).toBe(405)
  }
  await agree(room.id, ana)
})

it('a post during an unfriending is in before the end of writing, or refused', async () => {
  for (const moment of pauses) {
    const [ana, bo] = await Promise.all([createUser('Ana'), createUser('Bo')])
    await ana.put(`/v1/me/friend-requests/${bo.id}`)
    await bo.put(`/v1/me/friend-requests/${ana.id}`)
    const { body: room } = await ana.post(`/v1/direct/${bo.id}`)
    const path = `/v1/rooms/${room.id}`
    const [posted] = await race(
      moment,
      () => ana.post(`${path}/messages`, newMessage('still friends?')),
      () => bo.delete(`/v1/me/friends/${ana.id}`),
    )
    const { body: log } = await ana.get(`${path}/events?after=0`)
    const closed = log.items.findLast(({ type }: { type: string }) => type === 'room.changed')
    if (posted.status === 201) expect(posted.body.seq).toBeLessThan(closed.seq)
    else expect(posted.body.code).toBe('not_connected')
    const late = await ana.post(`${path}/messages`, newMessage('and now?'))
    expect(late.body.code).toBe('not_connected')
    await agree(room.id, ana)
  }
})
