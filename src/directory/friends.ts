import { and, not, or, type SQL, sql } from 'drizzle-orm'
import { ApiError } from '../errors'
import type { Directory } from './database'
import { able, conclude, refused, settle } from './edge-outcome'
import { ties } from './schema'
import { below, keyed, type Pair, shown, tie, tied, untie } from './social-edges'

export const MAX_FRIENDS = 5000
/** Sent and not yet answered. */
export const MAX_REQUESTS = 1000

/** Asks to be friends; a request the other way makes them friends. Throws `conflict`, `too_many`. */
export async function request(directory: Directory, pair: Pair, now: number): Promise<number> {
  const { userId, otherId } = pair
  // Also one that was hidden because the user once blocked the other: now both want it.
  const met = tied(otherId, 'request', userId)
  const wanting = and(
    able(pair, now),
    not(tied(userId, 'friend', otherId)),
    not(met),
    or(below(MAX_REQUESTS, userId, 'request'), tied(userId, 'request', otherId)),
  )
  const [, , , standing] = await directory.batch([
    befriend(directory, pair, met, now),
    tie(directory, pair, 'request', now, wanting),
    answered(directory, pair),
    settle(directory, pair),
  ])
  const limit = `At most ${MAX_REQUESTS} requests wait for an answer, and ${MAX_FRIENDS} friends are made.`
  return conclude(directory, pair, standing, now, (made) =>
    made.friend || made.request ? null : refused(made, limit),
  )
}

/** Accepts a request; being friends already is fine. Throws `not_found` for no request, `too_many`. */
export async function accept(directory: Directory, pair: Pair, now: number): Promise<number> {
  const { userId, otherId } = pair
  const [, , standing] = await directory.batch([
    befriend(directory, pair, shown(otherId, 'request', userId), now),
    answered(directory, pair),
    settle(directory, pair),
  ])
  return conclude(directory, pair, standing, now, ({ friend, asked }) => {
    if (friend) return null
    return asked
      ? new ApiError('too_many', `Each of the two has at most ${MAX_FRIENDS} friends.`)
      : new ApiError('not_found', 'This user has not asked you to be friends.')
  })
}

/** Withdraws one's own request and refuses the other's. */
export async function dismiss(directory: Directory, pair: Pair, now: number): Promise<number> {
  const { userId, otherId } = pair
  // A hidden one stays what its sender believes it to be: not yet answered.
  const visible = and(keyed(otherId, 'request', userId), not(ties.hidden))
  const [, standing] = await directory.batch([
    untie(directory, keyed(userId, 'request', otherId), visible),
    settle(directory, pair),
  ])
  return conclude(directory, pair, standing, now, () => null)
}

export async function end(directory: Directory, pair: Pair, now: number): Promise<number> {
  const [, standing] = await directory.batch([
    untie(directory, ...friendship(pair)),
    settle(directory, pair),
  ])
  return conclude(directory, pair, standing, now, () => null)
}

/** Both ties of a friendship. */
export const friendship = ({ userId, otherId }: Pair) => [
  keyed(userId, 'friend', otherId),
  keyed(otherId, 'friend', userId),
]

function befriend(directory: Directory, pair: Pair, met: SQL, now: number) {
  const { userId, otherId } = pair
  const room = and(below(MAX_FRIENDS, userId, 'friend'), below(MAX_FRIENDS, otherId, 'friend'))
  return directory
    .insert(ties)
    .select(
      sql`select column1, 'friend', column2, ${now}, 0
        from (values (${userId}, ${otherId}), (${otherId}, ${userId}))
        where ${and(able(pair, now), met, room)}`,
    )
    .onConflictDoNothing()
}

/** Between friends no request waits. */
function answered(directory: Directory, { userId, otherId }: Pair) {
  const requests = or(keyed(userId, 'request', otherId), keyed(otherId, 'request', userId))
  return untie(directory, and(requests, tied(userId, 'friend', otherId)))
}
