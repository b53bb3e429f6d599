import { and, or } from 'drizzle-orm'
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
 * Blocks someone and ends what was between the two. The other's own request and follow are hidden
 * rather than ended: nothing but a block ends a follow, so its end would tell. Throws `too_many`.
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
  const [, , , outcome] = await directory.batch([
    addEdge(
      directory,
      pair,
      'block',
      now,
      and(mayAddEdge(pair, now), hasFewerEdges(MAX_BLOCKS, userId, 'block')),
    ),
    removeEdges(directory, and(own, blocked)),
    directory.update(socialEdges).set({ hidden: true }).where(and(theirs, blocked)),
    finishChange(directory, pair),
  ])
  return assertOutcome(directory, pair, outcome, now, (made) =>
    made.block ? null : cannotAddEdge(made, `You block ${MAX_BLOCKS} users already.`),
  )
}

/** Lifts a block. What it hid stays hidden until the other asks or follows again. */
export async function unblock(directory: Directory, pair: UserPair, now: number): Promise<number> {
  const [, outcome] = await directory.batch([
    removeEdges(directory, edgeKey(pair.userId, 'block', pair.otherId)),
    finishChange(directory, pair),
  ])
  return assertOutcome(directory, pair, outcome, now, () => null)
}
