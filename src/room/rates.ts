import { ApiError } from '../errors'

/** How often something may happen: `perSecond` in the long run, `burst` at once. */
export interface Rate {
  perSecond: number
  burst: number
}

interface Bucket {
  tokens: number
  at: number
}

/** Token buckets, one per key; exact because the room is the only one who counts. */
export class Buckets {
  #buckets = new Map<string, Bucket>()
  #sweepAt = MIN_SWEEP

  constructor(private readonly rate: Rate) {}

  /** Takes one token; returns 0, or the seconds until there is one again. */
  take(key: string, now: number): number {
    const { perSecond, burst } = this.rate
    const known = this.#buckets.get(key) ?? { tokens: burst, at: now }
    const tokens = Math.min(burst, known.tokens + ((now - known.at) / 1000) * perSecond)
    if (tokens < 1) {
      this.#buckets.set(key, { tokens, at: now })
      return (1 - tokens) / perSecond
    }
    this.#buckets.set(key, { tokens: tokens - 1, at: now })
    if (this.#buckets.size > this.#sweepAt) this.#forgetFull(now)
    return 0
  }

  /** A full bucket is the same as none. */
  #forgetFull(now: number): void {
    const { perSecond, burst } = this.rate
    for (const [key, { tokens, at }] of this.#buckets) {
      if (tokens + ((now - at) / 1000) * perSecond >= burst) this.#buckets.delete(key)
    }
    this.#sweepAt = Math.max(MIN_SWEEP, 2 * this.#buckets.size)
  }
}

const MIN_SWEEP = 1000

/** Throws `rate_limited` with the wait. */
export function limit(buckets: Buckets, key: string, now: number): void {
  const wait = buckets.take(key, now)
  if (wait === 0) return
  throw new ApiError('rate_limited', 'You are posting too fast.', { retryAfter: Math.ceil(wait) })
}
