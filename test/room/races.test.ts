import { createMessageBatch, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { open } from '../../src/directory/database'
import * as tables from '../../src/directory/schema'
import * as profileFanout from '../../src/fanout/profile-fanout'
import { createScenario } from '../fixtures/scenario'
import { createUser, type User } from '../fixtures/users'

// `THOROUGH=1 npm test` does it a thousand times.
const RACES = env.THOROUGH ? 1000 : 250
const AT_ONCE = 25

/** What races the join, and what must be true of the room's copy in the end. */
const rivals = {
  rename: (who: User) => who.patch('/v1/me', { displayName: `New ${who.id}` }),
  delete: (who: User) => who.delete('/v1/me?now=true'),
  suspend: (who: User, mo: User) =>
    mo.put(`/v1/users/${who.id}/suspension`, {
      until: new Date(Date.now() + 3_600_000).toISOString(),
    }),
}

const messagesTo = (ids: string[]) =>
  createMessageBatch(
    'chatroom-people',
    ids.map((id) => ({ id, timestamp: Date.now(), attempts: 1, body: { userId: id } })),
  )

it('a join that races a rename, a deletion or a suspension ends right', async () => {
  const { ana, path, stub } = await createScenario()
  const mo = await createUser('Mo')
  await env.DB.prepare(`update users set role = 'moderator' where id = ?`).bind(mo.id).run()
  const kinds = Object.keys(rivals) as (keyof typeof rivals)[]
  const plans = fc.sample(
    fc.record({ kind: fc.constantFrom(...kinds), first: fc.boolean(), pause: fc.nat(4) }),
    { numRuns: RACES, seed: 3 },
  )
  for (let start = 0; start < plans.length; start += AT_ONCE) {
    await Promise.all(
      plans.slice(start, start + AT_ONCE).map(async ({ kind, first, pause }) => {
        const who = await createUser('Old')
        const join = (): Promise<unknown> => who.put(`${path}/members/@me`)
        // Told at once, the queue's consumer may come before the index knows of the join.
        const rival = (): Promise<unknown> =>
          rivals[kind](who, mo).then(() => profileFanout.consume(messagesTo([who.id]), env))
        const [one, two] = first ? [join, rival] : [rival, join]
        await Promise.all([one(), scheduler.wait(pause).then(two)])
      }),
    )
  }
  const users = await open(env.DB).select().from(tables.users)
  const behind = users.filter(
    ({ profileFanoutVersion, profileVersion }) => profileFanoutVersion < profileVersion,
  )
  await profileFanout.consume(messagesTo(behind.map(({ id }) => id)), env)
  await stub.syncDirectory(ana.id, Number.MAX_SAFE_INTEGER)
  const roster = await runInDurableObject(stub, (_room, { storage: { sql } }) =>
    sql
      .exec(
        `select user_id as id, display_name as displayName, suspended_until as suspendedUntil,
          left_at is null as isMember from members`,
      )
      .toArray(),
  )
  const byId = new Map(users.map((user) => [user.id, user]))
  for (const copy of roster) {
    const user = byId.get(String(copy.id))
    expect(copy).toMatchObject(
      user?.deletedAt
        ? { displayName: 'deleted user', isMember: 0 }
        : { displayName: user?.displayName, suspendedUntil: user?.suspendedUntil ?? null },
    )
  }
  expect(roster.length).toBeGreaterThan(RACES / 2)
})
