import { and, or } from 'drizzle-orm'
import type { Directory } from './database'
import { able, conclude, refused, settle } from './edge-outcome'
import { below, keyed, type Pair, tie, tied, untie } from './social-edges'

export const MAX_FOLLOWING = 5000

/** Follows someone; again is harmless. Throws `conflict`, `too_many`. */
export async function follow(directory: Directory, pair: Pair, now: number): Promise<number> {
  const { userId, otherId } = pair
  const wanting = and(
    able(pair, now),
    or(below(MAX_FOLLOWING, userId, 'follow'), tied(userId, 'follow', otherId)),
  )
  const [, standing] = await directory.batch([
    tie(directory, pair, 'follow', now, wanting),
    settle(directory, pair),
  ])
  return conclude(directory, pair, standing, now, (made) =>
    made.follow ? null : refused(made, `You follow ${MAX_FOLLOWING} users already.`),
  )
}

export async function unfollow(directory: Directory, pair: Pair, now: number): Promise<number> {
  const [, standing] = await directory.batch([
    untie(directory, keyed(pair.userId, 'follow', pair.otherId)),
    settle(directory, pair),
  ])
  return conclude(directory, pair, standing, now, () => null)
}
