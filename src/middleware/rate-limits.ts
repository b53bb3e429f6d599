import { createMiddleware } from 'hono/factory'
import { ApiError } from '../errors'
import type { AppEnv } from '../http/context'
import { enforceLimit, parseRateLimit, TokenBuckets } from '../rate-limit/token-bucket'
import { toPolicy } from './error-handler'

type Binding = 'REGISTRATIONS' | 'LOG_INS' | 'ACCOUNT_LOG_INS'

interface Caller {
  env: Env
  header(name: string, value: string): void
}

const PERIOD_SECONDS = 60
// The binding does not tell its own numbers: wrangler.toml has them too.
const limits: Record<Binding, number> = { REGISTRATIONS: 20, LOG_INS: 30, ACCOUNT_LOG_INS: 10 }

/** Proves that this address has not registered too often. */
export const limitRegistrations = createMiddleware<AppEnv>(
  async function limitRegistrations(c, next) {
    await spend(c, 'REGISTRATIONS', networkOf(c.req.header('CF-Connecting-IP')))
    await next()
  },
)

/** Proves that this address has not tried to log in too often. */
export const limitLogIns = createMiddleware<AppEnv>(async function limitLogIns(c, next) {
  await spend(c, 'LOG_INS', networkOf(c.req.header('CF-Connecting-IP')))
  await next()
})

/** Throws `rate_limited` when passwords were tried too often on one account, whoever tries. */
export const limitPasswordAttempts = (c: Caller, account: string): Promise<void> =>
  spend(c, 'ACCOUNT_LOG_INS', account)

// Of this isolate, as its memory is.
let requests: TokenBuckets | undefined

/**
 * Throws `rate_limited` when one user asks one room, or all that is no room, too often. No room is asked before
 * it, so that a flood stays where it arrives; a repeated nonce that is refused here is answered a moment later.
 */
export function limitRequests(
  env: Env,
  userId: string,
  roomId: string | undefined,
  now: number,
  cost = 1,
): void {
  requests ??= new TokenBuckets(
    parseRateLimit('requests', env.REQUESTS_PER_SECOND, env.REQUESTS_AT_ONCE),
  )
  enforceLimit(requests, `${userId} ${roomId}`, now, { cost, isExact: false })
}

async function spend(c: Caller, binding: Binding, key: string): Promise<void> {
  const quota = limits[binding]
  const name = binding.toLowerCase()
  c.header('RateLimit-Policy', toPolicy({ name, quota, seconds: PERIOD_SECONDS }))
  const { success } = await c.env[binding].limit({ key })
  if (success) return
  const detail = `At most ${quota} in ${PERIOD_SECONDS} seconds; try again later.`
  throw new ApiError('rate_limited', detail, { retryAfter: PERIOD_SECONDS })
}

// One customer has a whole /64 of IPv6 addresses, so that is what counts as one.
function networkOf(address = 'unknown'): string {
  if (!address.includes(':')) return address
  const [head = ''] = address.split('::')
  return [...head.split(':'), '0', '0', '0'].slice(0, 4).join(':')
}
