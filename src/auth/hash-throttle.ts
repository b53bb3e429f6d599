import { ApiError } from '../errors'

// A hash at N = 2^14 keeps the thread for 0.1 to 0.2 s, and whatever else runs there waits that long.
const MS_PER_HASH = 250
const WORK_PER_HASH = 2 ** 14 * 8 * 5
const MAX_WAIT_MS = 10_000

// Of this isolate. A time and no queue of promises: a request that is cut would keep its place for ever.
let freeAt = 0

/** Waits for one's turn to hash, with room for others before the next. Throws `unavailable` when many wait. */
export async function acquire(work: number, now: number): Promise<void> {
  const wait = freeAt - now
  if (wait > MAX_WAIT_MS) {
    const retryAfter = Math.ceil(wait / 1000)
    throw new ApiError('unavailable', 'Too many passwords wait to be checked.', { retryAfter })
  }
  freeAt = Math.max(freeAt, now) + (work / WORK_PER_HASH) * MS_PER_HASH
  if (wait > 0) await scheduler.wait(wait)
}
