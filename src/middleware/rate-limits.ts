import { createMiddleware } from 'hono/factory'
import { ApiError } from '../errors'
import type { AppEnv } from '../http/context'
import { enforceLimit, parseRateLimit, TokenBuckets } from '../rate-limit/token-bucket'
import { toPolicy } from './error-handler'

type Binding =
  | 'REGISTRATIONS'
  | 'LOG_INS'
  | 'ACCOUNT_LOG_INS'
  | 'ACCOUNT_LOG_INS_ANYWHERE'
  | 'ROOM_PASSWORDS'
  | 'LINKS'

/** A request, as far as its limits go. */
export interface LimitedRequest {
  env: Env
  header(name: string, value: string): void
}

const PERIOD_SECONDS = 60
const MISS_COST = 10
// A binding does not expose its own limit, so these repeat wrangler.toml.
const limits: Record<Binding, number> = {
  REGISTRATIONS: 20,
  LOG_INS: 30,
  ACCOUNT_LOG_INS: 10,
  ACCOUNT_LOG_INS_ANYWHERE: 50,
  ROOM_PASSWORDS: 10,
  LINKS: 10,
}

/** Limits how often one network registers users. */
export const limitRegistrations = createMiddleware<AppEnv>(
  async function limitRegistrations(c, next) {
    await spend(c, 'REGISTRATIONS', networkOf(c.req.header('CF-Connecting-IP')))
    await next()
  },
)

/** Limits how often one network logs in, whomever it says it is. Throws `rate_limited`. */
export const limitLogIns = (c: LimitedRequest, address: string | undefined): Promise<void> =>
  spend(c, 'LOG_INS', networkOf(address))

/** Limits how often one network begins, and comes back from, a log-in at an issuer. Throws `rate_limited`. */
export const limitCodeFlows = (
  c: LimitedRequest,
  step: 'start' | 'callback',
  address: string | undefined,
): Promise<void> => spend(c, 'LOG_INS', `${step} ${networkOf(address)}`)

/**
 * Limits how often passwords are tried on one account: from one network, and from all of them together, which lets
 * nobody elsewhere lock the owner out with a few. Throws `rate_limited`.
 */
export async function limitAccountLogIns(
  c: LimitedRequest,
  account: string,
  address: string | undefined,
): Promise<void> {
  await spend(c, 'ACCOUNT_LOG_INS', `${account} ${networkOf(address)}`)
  await spend(c, 'ACCOUNT_LOG_INS_ANYWHERE', account)
}

/** Limits how often passwords are tried on a device that its user signed in on before. Throws `rate_limited`. */
export const limitDeviceLogIns = (c: LimitedRequest, deviceId: string): Promise<void> =>
  spend(c, 'ACCOUNT_LOG_INS', `device ${deviceId}`)

/** Limits how often a signed-in user proves who they are. Throws `rate_limited`. */
export const limitProofs = (c: LimitedRequest, userId: string): Promise<void> =>
  spend(c, 'ACCOUNT_LOG_INS', `proof ${userId}`)

/** Limits how often one user has a room's password hashed, to set it or to join, over all rooms. Throws `rate_limited`. */
export const limitRoomPasswords = (c: LimitedRequest, userId: string): Promise<void> =>
  spend(c, 'ROOM_PASSWORDS', userId)

/** Limits how often one network, or one user, has links sent by e-mail. Throws `rate_limited`. */
export const limitLinks = (c: LimitedRequest, address: string | undefined): Promise<void> =>
  spend(c, 'LINKS', networkOf(address))

// In the memory of this isolate: other isolates count on their own.
let requests: TokenBuckets | undefined

/**
 * Limits the requests of one user, over all rooms. It runs before any room is called, so a flood stops in the
 * Worker. Throws `rate_limited`, even for a nonce that was used before.
 * See docs/decisions/0017-floods-refused-in-the-worker.md.
 */
export function limitRequests(env: Env, userId: string, now: number, cost = 1): void {
  enforceLimit(bucketsOf(env), userId, now, { cost, isExact: false })
}

/** Counts a room that was not found as `MISS_COST` requests: to look for one wakes an object. */
export const chargeMiss = (env: Env, userId: string, now: number): void =>
  bucketsOf(env).charge(userId, now, MISS_COST - 1)

/**
 * Runs a look-up of a secret that one network sent. One that is none counts as `MISS_COST` requests of that network, which
 * asks no more once it has spent them. Throws `rate_limited`.
 */
export async function limitGuesses<T>(
  { env, now, address }: { env: Env; now: number; address: string | undefined },
  lookUp: () => Promise<T>,
): Promise<T> {
  const guesser = `guesses of ${networkOf(address)}`
  enforceLimit(bucketsOf(env), guesser, now, { cost: 0, isExact: false })
  try {
    return await lookUp()
  } catch (error) {
    const isGuess = error instanceof ApiError && error.code === 'unauthenticated'
    if (isGuess) bucketsOf(env).charge(guesser, now, MISS_COST)
    throw error
  }
}

function bucketsOf(env: Env): TokenBuckets {
  requests ??= new TokenBuckets(
    parseRateLimit('requests', env.REQUESTS_PER_SECOND, env.REQUESTS_AT_ONCE),
  )
  return requests
}

async function spend(c: LimitedRequest, binding: Binding, key: string): Promise<void> {
  const quota = limits[binding]
  const name = binding.toLowerCase()
  c.header('RateLimit-Policy', toPolicy({ name, quota, seconds: PERIOD_SECONDS }))
  const { success } = await c.env[binding].limit({ key })
  if (success) return
  const detail = `At most ${quota} attempts in ${PERIOD_SECONDS} seconds. Try again later.`
  throw new ApiError('rate_limited', detail, { retryAfter: PERIOD_SECONDS })
}

// An internet provider hands each customer a /64 of IPv6 addresses, so a /64 counts as one.
function networkOf(address = 'unknown'): string {
  if (!address.includes(':')) return address
  const [head = ''] = address.split('::')
  return [...head.split(':'), '0', '0', '0'].slice(0, 4).join(':')
}
