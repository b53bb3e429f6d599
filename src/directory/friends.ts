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
/** Sent and not yet answered. */
export const MAX_REQUESTS = 1000

/** Asks to be friends; a request the other way makes them friends. Throws `conflict`, `too_many`. */
export async function sendRequest(
  directory: Directory,
  pair: UserPair,
  now: number,
): Promise<number> {
  const { userId, otherId } = pair
  // Also one that was hidden because the user once blocked the other: now both want it.
  const met = hasEdge(otherId, 'request', userId)
  const wanting = and(
    mayAddEdge(pair, now),
    not(hasEdge(userId, 'friend', otherId)),
    not(met),
    or(hasFewerEdges(MAX_REQUESTS, userId, 'request'), hasEdge(userId, 'request', otherId)),
  )
  const [, , , outcome] = await directory.batch([
    befriend(directory, pair, met, now),
    addEdge(directory, pair, 'request', now, wanting),
    removeAnsweredRequests(directory, pair),
    finishChange(directory, pair),
  ])
  const limit = `At most ${MAX_REQUESTS} requests wait for an answer, and ${MAX_FRIENDS} friends are made.`
  return assertOutcome(directory, pair, outcome, now, (made) =>
    made.friend || made.request ? null : cannotAddEdge(made, limit),
  )
}

/** Accepts a request; being friends already is fine. Throws `not_found` for no request, `too_many`. */
export async function acceptRequest(
  directory: Directory,
  pair: UserPair,
  now: number,
): Promise<number> {
  const { userId, otherId } = pair
  const [, , outcome] = await directory.batch([
    befriend(directory, pair, hasVisibleEdge(otherId, 'request', userId), now),
    removeAnsweredRequests(directory, pair),
    finishChange(directory, pair),
  ])
  return assertOutcome(directory, pair, outcome, now, ({ friend, requestedByOther }) => {
    if (friend) return null
    return requestedByOther
      ? new ApiError('too_many', `Each of the two has at most ${MAX_FRIENDS} friends.`)
      : new ApiError('not_found', 'This user has not asked you to be friends.')
  })
}

/** Withdraws one's own request and refuses the other's. */
export async function dismissRequests(
  directory: Directory,
  pair: UserPair,
  now: number,
): Promise<number> {
  const { userId, otherId } = pair
  // A hidden one stays what its sender believes it to be: not yet answered.
  const visible = and(edgeKey(otherId, 'request', userId), not(socialEdges.hidden))
  const [, outcome] = await directory.batch([
    removeEdges(directory, edgeKey(userId, 'request', otherId), visible),
    finishChange(directory, pair),
  ])
  return assertOutcome(directory, pair, outcome, now, () => null)
}

export async function unfriend(directory: Directory, pair: UserPair, now: number): Promise<number> {
  const [, outcome] = await directory.batch([
    removeEdges(directory, ...friendshipKeys(pair)),
    finishChange(directory, pair),
  ])
  return assertOutcome(directory, pair, outcome, now, () => null)
}

/** Both ties of a friendship. */
export const friendshipKeys = ({ userId, otherId }: UserPair) => [
  edgeKey(userId, 'friend', otherId),
  edgeKey(otherId, 'friend', userId),
]

function befriend(directory: Directory, pair: UserPair, met: SQL, now: number) {
  const { userId, otherId } = pair
  const room = and(
    hasFewerEdges(MAX_FRIENDS, userId, 'friend'),
    hasFewerEdges(MAX_FRIENDS, otherId, 'friend'),
  )
  return directory
    .insert(socialEdges)
    .select(
      sql`select column1, 'friend', column2, ${now}, 0
        from (values (${userId}, ${otherId}), (${otherId}, ${userId}))
        where ${and(mayAddEdge(pair, now), met, room)}`,
    )
    .onConflictDoNothing()
}

/** Between friends no request waits. */
function removeAnsweredRequests(directory: Directory, { userId, otherId }: UserPair) {
  const requests = or(edgeKey(userId, 'request', otherId), edgeKey(otherId, 'request', userId))
  return removeEdges(directory, and(requests, hasEdge(userId, 'friend', otherId)))
}
