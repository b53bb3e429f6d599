import { ApiError } from '../errors'

// A hash at N = 2^14 occupies the thread for 0.1 to 0.2 s, and every other request of the isolate waits.
const MS_PER_HASH = 250
const WORK_PER_HASH = 2 ** 14 * 8 * 5
const MAX_WAIT_MS = 10_000

// When this isolate may hash next. A queue of promises would keep the place of a cancelled request for ever.
let freeAt = 0

/**
 * Waits until this isolate may hash again, so that other requests run in between. `work` is scrypt's N * r * p,
 * `now` is in milliseconds. Throws `unavailable` if the wait would be longer than `MAX_WAIT_MS`.
 * See docs/decisions/0006-scrypt-outside-the-room.md.
 */
export async function acquire(work: number, now: number): Promise<void> {
  const wait = freeAt - now
  if (wait > MAX_WAIT_MS) {
    const retryAfter = Math.ceil(wait / 1000)
    throw new ApiError(
      'unavailable',
      'Too many passwords are being checked right now. Try again in a moment.',
      { retryAfter },
    )
  }
  freeAt = Math.max(freeAt, now) + (work / WORK_PER_HASH) * MS_PER_HASH
  if (wait > 0) await scheduler.wait(wait)
}
