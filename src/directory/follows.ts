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

/**
 * Follows a user; following twice changes nothing. Returns the new `dmAccessVersion`. Throws `conflict`,
 * `too_many`.
 */
export async function follow(directory: Directory, pair: UserPair, now: number): Promise<number> {
  const { userId, otherId } = pair
  const condition = and(
    mayAddEdge(pair, now),
    or(hasFewerEdges(MAX_FOLLOWING, userId, 'follow'), hasEdge(userId, 'follow', otherId)),
  )
  const [, outcome] = await directory.batch([
    addEdge(directory, pair, { kind: 'follow', now, condition }),
    finishChange(directory, pair),
  ])
  const limit = `You already follow ${MAX_FOLLOWING} users. Unfollow someone first.`
  return assertOutcome(directory, pair, outcome, {
    now,
    problemOf: (result) => (result.follow ? null : cannotAddEdge(result, limit)),
  })
}

/** Unfollows a user. Returns the new `dmAccessVersion`. */
export async function unfollow(directory: Directory, pair: UserPair, now: number): Promise<number> {
  const [, outcome] = await directory.batch([
    removeEdges(directory, edgeKey(pair.userId, 'follow', pair.otherId)),
    finishChange(directory, pair),
  ])
  return assertOutcome(directory, pair, outcome, { now, problemOf: () => null })
}
