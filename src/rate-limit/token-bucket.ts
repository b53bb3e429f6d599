import { ApiError } from '../errors'

/** A limit of `perSecond` in the long run and `burst` at once. Clients see its `name`. */
export interface RateLimit {
  name: string
  perSecond: number
  burst: number
}

/** A limit from the strings of environment variables. */
export const parseRateLimit = (name: string, perSecond: string, burst: string): RateLimit => ({
  name,
  perSecond: Number(perSecond),
  burst: Number(burst),
})

interface Bucket {
  tokens: number
  at: number
}

/**
 * One token bucket per key. It is kept in memory, so each isolate or room has its own.
 * Why by hand: docs/decisions/0011-token-buckets-by-hand.md.
 */
export class TokenBuckets {
  #buckets = new Map<string, Bucket>()
  #sweepAt = MIN_SWEEP

  constructor(readonly rate: RateLimit) {}

  /** Takes `price` tokens, at most a full bucket. Returns 0, or the seconds to wait if there are too few. */
  consume(key: string, now: number, price = 1): number {
    const { perSecond, burst } = this.rate
    const cost = Math.min(price, burst)
    const bucket = this.#buckets.get(key) ?? { tokens: burst, at: now }
    // A clock that was set back takes nothing.
    const seconds = Math.max(0, now - bucket.at) / 1000
    const tokens = Math.min(burst, bucket.tokens + seconds * perSecond)
    if (tokens < cost) {
      this.#buckets.set(key, { tokens, at: now })
      return (cost - tokens) / perSecond
    }
    this.#buckets.set(key, { tokens: tokens - cost, at: now })
    if (this.#buckets.size > this.#sweepAt) this.#deleteFull(now)
    return 0
  }

  /** Takes `price` tokens for what has happened already, those to come too: at most a full bucket of them. */
  charge(key: string, now: number, price: number): void {
    this.consume(key, now, 0)
    const { burst } = this.rate
    const tokens = this.#buckets.get(key)?.tokens ?? burst
    this.#buckets.set(key, { tokens: Math.max(-burst, tokens - price), at: now })
  }

  /** Forgets what was taken, as if nothing had been. */
  reset(key: string): void {
    this.#buckets.delete(key)
  }

  /** Frees memory: a full bucket behaves like one that does not exist. */
  #deleteFull(now: number): void {
    const { perSecond, burst } = this.rate
    for (const [key, { tokens, at }] of this.#buckets) {
      if (tokens + ((now - at) / 1000) * perSecond >= burst) this.#buckets.delete(key)
    }
    this.#sweepAt = Math.max(MIN_SWEEP, 2 * this.#buckets.size)
  }
}

const MIN_SWEEP = 1000

/**
 * Throws `rate_limited`, with the wait, if the bucket has too few tokens. A limit is exact in a room, which is
 * one object, but not in a Worker, where every isolate counts for itself.
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
  throw new ApiError('rate_limited', 'You are doing this too often. Wait a moment and try again.', {
    retryAfter: Math.ceil(wait),
    policy: { name, quota: burst, seconds: Math.ceil(burst / perSecond), isExact },
  })
}
