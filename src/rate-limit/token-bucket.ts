import { ApiError } from '../errors'

/** How often something may happen: `perSecond` in the long run, `burst` at once. `name` tells it to clients. */
export interface RateLimit {
  name: string
  perSecond: number
  burst: number
}

/** A rate as variables say it. */
export const parseRateLimit = (name: string, perSecond: string, burst: string): RateLimit => ({
  name,
  perSecond: Number(perSecond),
  burst: Number(burst),
})

interface Bucket {
  tokens: number
  at: number
}

/** Token buckets, one per key. */
export class TokenBuckets {
  #buckets = new Map<string, Bucket>()
  #sweepAt = MIN_SWEEP

  constructor(readonly rate: RateLimit) {}

  /** Takes one token, or for what costs more as many as there may be; returns 0, or the seconds until there are so many. */
  consume(key: string, now: number, price = 1): number {
    const { perSecond, burst } = this.rate
    const cost = Math.min(price, burst)
    const known = this.#buckets.get(key) ?? { tokens: burst, at: now }
    const tokens = Math.min(burst, known.tokens + ((now - known.at) / 1000) * perSecond)
    if (tokens < cost) {
      this.#buckets.set(key, { tokens, at: now })
      return (cost - tokens) / perSecond
    }
    this.#buckets.set(key, { tokens: tokens - cost, at: now })
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

/**
 * Throws `rate_limited` with the wait. A limit is exact where nobody else counts: in a room, which is one
 * object, and not in the Worker, of which there are many.
 */
export function enforceLimit(
  buckets: TokenBuckets,
  key: string,
  now: number,
  { cost = 1, isExact = true } = {},
): void {
  const wait = buckets.consume(key, now, cost)
  if (wait === 0) return
  const { name, perSecond, burst } = buckets.rate
  throw new ApiError('rate_limited', 'That is too fast.', {
    retryAfter: Math.ceil(wait),
    policy: { name, quota: burst, seconds: Math.ceil(burst / perSecond), isExact },
  })
}
