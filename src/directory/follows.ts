import { and, or } from 'drizzle-orm'
import type { Directory } from './database'
import { assertOutcome, cannotAddEdge, finishChange, mayAddEdge } from './edge-outcome'
import {
  addEdge,
  edgeKey,
  hasEdge,
  hasFewerEdges,
  removeEdges,
  type UserPair,
} from './social-edges'

export const MAX_FOLLOWING = 5000

/** Follows someone; again is harmless. Throws `conflict`, `too_many`. */
export async function follow(directory: Directory, pair: UserPair, now: number): Promise<number> {
  const { userId, otherId } = pair
  const wanting = and(
    mayAddEdge(pair, now),
    or(hasFewerEdges(MAX_FOLLOWING, userId, 'follow'), hasEdge(userId, 'follow', otherId)),
  )
  const [, outcome] = await directory.batch([
    addEdge(directory, pair, 'follow', now, wanting),
    finishChange(directory, pair),
  ])
  return assertOutcome(directory, pair, outcome, now, (made) =>
    made.follow ? null : cannotAddEdge(made, `You follow ${MAX_FOLLOWING} users already.`),
  )
}

export async function unfollow(directory: Directory, pair: UserPair, now: number): Promise<number> {
  const [, outcome] = await directory.batch([
    removeEdges(directory, edgeKey(pair.userId, 'follow', pair.otherId)),
    finishChange(directory, pair),
  ])
  return assertOutcome(directory, pair, outcome, now, () => null)
}
