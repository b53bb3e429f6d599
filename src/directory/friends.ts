import { and, not, or, type SQL, sql } from 'drizzle-orm'
import { ApiError } from '../errors'
import type { Directory } from './database'
import { assertOutcome, cannotAddEdge, finishChange, mayAddEdge } from './edge-outcome'
import { socialEdges } from './schema'
import {
  addEdge,
  edgeKey,
  hasEdge,
  hasFewerEdges,
  hasVisibleEdge,
  removeEdges,
  type UserPair,
} from './social-edges'

export const MAX_FRIENDS = 5000
/** How many friend requests of a user may be unanswered. */
export const MAX_REQUESTS = 1000

/**
 * Sends a friend request, or accepts the one that the other user has sent. Returns the new
 * `dmAccessVersion`. Throws `conflict`, `too_many`.
 */
export async function sendRequest(
  directory: Directory,
  pair: UserPair,
  now: number,
): Promise<number> {
  const { userId, otherId } = pair
  // This includes a request hidden by a past block: now both want to be friends.
  const isRequested = hasEdge(otherId, 'request', userId)
  const condition = and(
    mayAddEdge(pair, now),
    not(hasEdge(userId, 'friend', otherId)),
    not(isRequested),
    or(hasFewerEdges(MAX_REQUESTS, userId, 'request'), hasEdge(userId, 'request', otherId)),
  )
  const [, , , outcome] = await directory.batch([
    addFriendship(directory, pair, isRequested, now),
    addEdge(directory, pair, { kind: 'request', now, condition }),
    removeAnsweredRequests(directory, pair),
    finishChange(directory, pair),
  ])
  const limit = `You can have ${MAX_REQUESTS} unanswered requests and ${MAX_FRIENDS} friends. Withdraw a request or remove a friend first.`
  return assertOutcome(directory, pair, outcome, {
    now,
    problemOf: (result) => (result.friend || result.request ? null : cannotAddEdge(result, limit)),
  })
}

/**
 * Accepts a friend request; between friends it changes nothing. Returns the new `dmAccessVersion`. Throws
 * `not_found` when there is no request, `too_many` when either user has too many friends.
 */
export async function acceptRequest(
  directory: Directory,
  pair: UserPair,
  now: number,
): Promise<number> {
  const { userId, otherId } = pair
  const [, , outcome] = await directory.batch([
    addFriendship(directory, pair, hasVisibleEdge(otherId, 'request', userId), now),
    removeAnsweredRequests(directory, pair),
    finishChange(directory, pair),
  ])
  return assertOutcome(directory, pair, outcome, {
    now,
    problemOf: ({ friend, requestedByOther }) => {
      if (friend) return null
      return requestedByOther
        ? new ApiError(
            'too_many',
            `One of you already has ${MAX_FRIENDS} friends, which is the limit.`,
          )
        : new ApiError('not_found', 'This user has not sent you a friend request.')
    },
  })
}

/** Withdraws the user's own friend request and declines the other's. Returns the new `dmAccessVersion`. */
export async function dismissRequests(
  directory: Directory,
  pair: UserPair,
  now: number,
): Promise<number> {
  const { userId, otherId } = pair
  // A hidden request stays: to its sender it must look unanswered, or its end would reveal the block.
  const visible = and(edgeKey(otherId, 'request', userId), not(socialEdges.hidden))
  const [, outcome] = await directory.batch([
    removeEdges(directory, edgeKey(userId, 'request', otherId), visible),
    finishChange(directory, pair),
  ])
  return assertOutcome(directory, pair, outcome, { now, problemOf: () => null })
}

/** Ends a friendship. Returns the new `dmAccessVersion`. */
export async function unfriend(directory: Directory, pair: UserPair, now: number): Promise<number> {
  const [, outcome] = await directory.batch([
    removeEdges(directory, ...friendshipKeys(pair)),
    finishChange(directory, pair),
  ])
  return assertOutcome(directory, pair, outcome, { now, problemOf: () => null })
}

/** The keys of the two edges that make a friendship. */
export const friendshipKeys = ({ userId, otherId }: UserPair) => [
  edgeKey(userId, 'friend', otherId),
  edgeKey(otherId, 'friend', userId),
]

/** The statement that makes two users friends where `condition` holds and neither has too many. */
function addFriendship(directory: Directory, pair: UserPair, condition: SQL, now: number) {
  const { userId, otherId } = pair
  const isBelowLimit = and(
    hasFewerEdges(MAX_FRIENDS, userId, 'friend'),
    hasFewerEdges(MAX_FRIENDS, otherId, 'friend'),
  )
  return directory
    .insert(socialEdges)
    .select(
      sql`select column1, 'friend', column2, ${now}, 0
        from (values (${userId}, ${otherId}), (${otherId}, ${userId}))
        where ${and(mayAddEdge(pair, now), condition, isBelowLimit)}`,
    )
    .onConflictDoNothing()
}

/** The statement that deletes the requests between two users who are friends now. */
function removeAnsweredRequests(directory: Directory, { userId, otherId }: UserPair) {
  const requests = or(edgeKey(userId, 'request', otherId), edgeKey(otherId, 'request', userId))
  return removeEdges(directory, and(requests, hasEdge(userId, 'friend', otherId)))
}
