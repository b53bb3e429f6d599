import { env } from 'cloudflare:workers'
import { inArray } from 'drizzle-orm'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import * as accountUpdate from '../../src/directory/account-update'
import * as blocks from '../../src/directory/blocks'
import { type Directory, open } from '../../src/directory/database'
import * as dmAccess from '../../src/directory/dm-access'
import * as follows from '../../src/directory/follows'
import * as friends from '../../src/directory/friends'
import * as relationView from '../../src/directory/relation-view'
import { socialEdges as table } from '../../src/directory/schema'
import type { EdgeKind, UserPair } from '../../src/directory/social-edges'
import { ApiError } from '../../src/errors'
import { MessagePolicy } from '../../src/schemas/contact-policies'
import { createUser } from '../fixtures/users'
import { type Action, RelationModel } from './relation-model'

const directory = open(env.DB)
const NAMES = ['Ana', 'Bo', 'Cy'] as const

const acts: Record<Action, (directory: Directory, pair: UserPair, now: number) => Promise<number>> =
  {
    request: friends.sendRequest,
    dismiss: friends.dismissRequests,
    accept: friends.acceptRequest,
    end: friends.unfriend,
    follow: follows.follow,
    unfollow: follows.unfollow,
    block: blocks.block,
    unblock: blocks.unblock,
  }

const step = fc.record({
  act: fc.constantFrom(...(Object.keys(acts) as Action[])),
  // The index of the one who acts, and how far the other is from it.
  one: fc.nat(2),
  by: fc.constantFrom(1, 2),
  policy: fc.option(fc.constantFrom(...MessagePolicy.options), { freq: 4 }),
})

/** Whether the change was allowed. Any error but an `ApiError` fails the test. */
async function attempt(work: Promise<unknown>): Promise<boolean> {
  try {
    await work
    return true
  } catch (error) {
    if (error instanceof ApiError) return false
    throw error
  }
}

it('after every step of any sequence of changes by three users, the directory agrees with the model', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async (steps) => {
      const people = await Promise.all(NAMES.map(createUser))
      const ids = people.map(({ id }) => id)
      const model = new RelationModel()
      for (const { act, one, by, policy } of steps) {
        const userId = ids[one] as string
        const otherId = ids[(one + by) % 3] as string
        const allowed = await attempt(acts[act](directory, { userId, otherId }, Date.now()))
        expect(allowed).toBe(model.do(act, userId, otherId))
        if (policy) {
          model.policies.set(userId, policy)
          const access = { userId, sessionId: '' }
          await accountUpdate.apply(
            directory,
            access,
            { messagePolicy: policy },
            { cost: 4, now: Date.now() },
          )
        }
        await compare(model, ids)
      }
    }),
    { numRuns: 40 },
  )
})

async function compare(model: RelationModel, ids: string[]) {
  for (const userId of ids) {
    const others = ids.filter((id) => id !== userId)
    const rows = await relationView.read(directory, userId, others, Date.now())
    const read = await dmAccess.read(directory, userId, others)
    for (const otherId of others) {
      const expected = model.relation(userId, otherId)
      expect(rows.get(otherId)).toEqual(expected)
      expect(read.get(otherId)?.writers.includes(userId)).toBe(expected.canMessage)
    }
  }
  await checkTies(ids)
}

/** Checks what must hold of the rows themselves, whatever the rules are. */
async function checkTies(ids: string[]) {
  const edges = await directory.select().from(table).where(inArray(table.fromId, ids))
  const has = (from: string, kind: EdgeKind, to: string) =>
    edges.some((edge) => edge.fromId === from && edge.kind === kind && edge.toId === to)
  for (const { fromId, kind, toId, hidden } of edges) {
    if (kind === 'friend') {
      expect(has(toId, 'friend', fromId)).toBe(true)
      expect(has(fromId, 'request', toId)).toBe(false)
    }
    if (kind === 'request') expect(has(toId, 'request', fromId)).toBe(false)
    if (kind === 'block') continue
    expect(has(fromId, 'block', toId)).toBe(false)
    if (!hidden) expect(has(toId, 'block', fromId)).toBe(false)
  }
}
