import { and, or } from 'drizzle-orm'
import type { Directory } from './database'
import { able, conclude, refused, settle } from './edge-outcome'
import { friendship } from './friends'
import { ties } from './schema'
import { below, keyed, type Pair, tie, tied, untie } from './social-edges'

export const MAX_BLOCKS = 5000

/**
 * Blocks someone and ends what was between the two. The other's own request and follow are hidden
 * rather than ended: nothing but a block ends a follow, so its end would tell. Throws `too_many`.
 */
export async function block(directory: Directory, pair: Pair, now: number): Promise<number> {
  const { userId, otherId } = pair
  const blocked = tied(userId, 'block', otherId)
  const own = or(
    ...friendship(pair),
    keyed(userId, 'request', otherId),
    keyed(userId, 'follow', otherId),
  )
  const theirs = or(keyed(otherId, 'request', userId), keyed(otherId, 'follow', userId))
  const [, , , standing] = await directory.batch([
    tie(directory, pair, 'block', now, and(able(pair, now), below(MAX_BLOCKS, userId, 'block'))),
    untie(directory, and(own, blocked)),
    directory.update(ties).set({ hidden: true }).where(and(theirs, blocked)),
    settle(directory, pair),
  ])
  return conclude(directory, pair, standing, now, (made) =>
    made.block ? null : refused(made, `You block ${MAX_BLOCKS} users already.`),
  )
}

/** Lifts a block. What it hid stays hidden until the other asks or follows again. */
export async function unblock(directory: Directory, pair: Pair, now: number): Promise<number> {
  const [, standing] = await directory.batch([
    untie(directory, keyed(pair.userId, 'block', pair.otherId)),
    settle(directory, pair),
  ])
  return conclude(directory, pair, standing, now, () => null)
}
