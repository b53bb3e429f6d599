import { ApiError } from '../errors'

// A hash at N = 2^14 occupies the thread for 0.1 to 0.2 s, and every other request of the isolate waits.
const WORK_PER_HASH = 2 ** 14 * 8 * 5
const MAX_WAIT_MS = 10_000

/** The pause from one hash of a queue to its next. Each queue goes before those below it. */
const PACE_MS = { logIn: 250, account: 250, room: 1000 }
export type Queue = keyof typeof PACE_MS
const queues = Object.keys(PACE_MS) as Queue[]

// When each queue may hash next. A queue of promises would keep the place of a cancelled request for ever.
const freeAt: Record<Queue, number> = { logIn: 0, account: 0, room: 0 }

/**
 * Waits until this isolate may hash again, so that other requests run in between. Log-ins go before registrations and
 * new passwords, and both before the passwords of rooms: whoever fills a queue delays only what is less urgent.
 * `work` is scrypt's N * r * p, `now` is in milliseconds. Throws `unavailable` past `MAX_WAIT_MS`.
 * See docs/decisions/0006-scrypt-outside-the-room.md.
 */
export async function acquire(queue: Queue, work: number, now: number): Promise<void> {
  const urgent = queues.slice(0, queues.indexOf(queue))
  const urgentUntil = () => Math.max(0, ...urgent.map((each) => freeAt[each]))
  let at = now
  do {
    const start = Math.max(at, freeAt[queue], urgentUntil())
    if (start - now > MAX_WAIT_MS) throw overloaded(start - now)
    freeAt[queue] = start + (work / WORK_PER_HASH) * PACE_MS[queue]
    if (start > at) await scheduler.wait(start - at)
    at = start
    // Something more urgent may have come meanwhile.
  } while (urgentUntil() > at)
}

const overloaded = (waitMs: number) =>
  new ApiError(
    'unavailable',
    'Too many passwords are being checked right now. Try again in a moment.',
    { retryAfter: Math.ceil(waitMs / 1000) },
  )
