import { and, eq, or } from 'drizzle-orm'
import type { Directory } from './database'
import { assertOutcome, cannotAddEdge, finishChange, mayAddEdge } from './edge-outcome'
import { friendshipKeys } from './friends'
import { socialEdges } from './schema'
import {
  addEdge,
  edgeKey,
  hasEdge,
  hasFewerEdges,
  removeEdges,
  type UserPair,
} from './social-edges'

export const MAX_BLOCKS = 5000

/**
 * Blocks a user, and removes the friendship and the user's own request and follow. The other's request and
 * follow are hidden instead: nothing but a block would remove them, so their absence would reveal the block.
 * Returns the new `dmAccessVersion`. Throws `too_many`.
 */
export async function block(directory: Directory, pair: UserPair, now: number): Promise<number> {
  const { userId, otherId } = pair
  const blocked = hasEdge(userId, 'block', otherId)
  const own = or(
    ...friendshipKeys(pair),
    edgeKey(userId, 'request', otherId),
    edgeKey(userId, 'follow', otherId),
  )
  const theirs = or(edgeKey(otherId, 'request', userId), edgeKey(otherId, 'follow', userId))
  const condition = and(mayAddEdge(pair, now), hasFewerEdges(MAX_BLOCKS, userId, 'block'))
  const [, , , outcome] = await directory.batch([
    addEdge(directory, pair, { kind: 'block', now, condition }),
    removeEdges(directory, and(own, blocked)),
    directory.update(socialEdges).set({ hidden: true }).where(and(theirs, blocked)),
    finishChange(directory, pair),
  ])
  const limit = `You already block ${MAX_BLOCKS} users. Unblock someone first.`
  return assertOutcome(directory, pair, outcome, {
    now,
    problemOf: (result) => (result.block ? null : cannotAddEdge(result, limit)),
  })
}

/** Whom a user blocks. */
export async function listIds(directory: Directory, userId: string): Promise<string[]> {
  return (await selectIds(directory, userId)).map(({ id }) => id)
}

/** The statement of `listIds`. */
export const selectIds = (directory: Directory, userId: string) =>
  directory
    .select({ id: socialEdges.toId })
    .from(socialEdges)
    .where(and(eq(socialEdges.fromId, userId), eq(socialEdges.kind, 'block')))

/** Unblocks a user. The edges that the block hid stay hidden until the other user asks or follows again. */
export async function unblock(directory: Directory, pair: UserPair, now: number): Promise<number> {
  const [, outcome] = await directory.batch([
    removeEdges(directory, edgeKey(pair.userId, 'block', pair.otherId)),
    finishChange(directory, pair),
  ])
  return assertOutcome(directory, pair, outcome, { now, problemOf: () => null })
}
