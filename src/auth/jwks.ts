import { createLocalJWKSet, errors, type JWSHeaderParameters } from 'jose'
import { ApiError, rootOf } from '../errors'
import { boundedFetch } from './bounded-fetch'

/** A set of keys is fetched again when it is older than this. */
const FRESH_MS = 10 * 60_000
/** A token can name a key that the set lacks; that fetches the set again at most so often, however many tokens do. */
const REFRESH_MS = 30_000
/** The same while there are no keys at all. */
const RETRY_MS = 5000
const TIMEOUT_MS = 3000
const POLL_MS = 10
const MAX_BYTES = 64 * 1024
const MAX_KEYS = 100

interface KeySet {
  find: ReturnType<typeof createLocalJWKSet> | null
  fetchedAt: number
  triedAt: number
  isFetching: boolean
}

// In the memory of this isolate.
const sets = new Map<string, KeySet>()

/** The published key that the header of a token names. Throws the errors of jose, and `unavailable` while there are no keys. */
export async function keyFor(address: string, header: JWSHeaderParameters): Promise<CryptoKey> {
  const set = sets.get(address) ?? { find: null, fetchedAt: 0, triedAt: 0, isFetching: false }
  sets.set(address, set)
  if (!set.find || Date.now() - set.fetchedAt > FRESH_MS) await refresh(set, address)
  try {
    return await find(set, header)
  } catch (error) {
    if (!(error instanceof errors.JWKSNoMatchingKey)) throw error
  }
  await refresh(set, address)
  return find(set, header)
}

async function find(set: KeySet, header: JWSHeaderParameters): Promise<CryptoKey> {
  if (set.find) return set.find(header)
  throw new ApiError('unavailable', 'The keys of this issuer cannot be read. Try again later.', {
    retryAfter: RETRY_MS / 1000,
  })
}

async function refresh(set: KeySet, address: string): Promise<void> {
  const isBusy = () => set.isFetching && Date.now() - set.triedAt < TIMEOUT_MS
  if (isBusy()) {
    // By looking, because a promise of one request must not be awaited by another.
    while (isBusy()) await scheduler.wait(POLL_MS)
    return
  }
  if (Date.now() - set.triedAt < (set.find ? REFRESH_MS : RETRY_MS)) return
  set.triedAt = Date.now()
  set.isFetching = true
  try {
    set.find = createLocalJWKSet(await fetchKeys(address))
    set.fetchedAt = Date.now()
  } catch (error) {
    // The keys that there were stay good: an issuer that is down ends nothing.
    console.error({ level: 'error', work: 'jwks', address, message: rootOf(error).message })
  } finally {
    set.isFetching = false
  }
}

async function fetchKeys(address: string): Promise<{ keys: JsonWebKey[] }> {
  const response = await boundedFetch(address, {
    timeoutMs: TIMEOUT_MS,
    maxBytes: MAX_BYTES,
    headers: { Accept: 'application/jwk-set+json, application/json' },
  })
  if (response.status !== 200) throw new Error(`answered ${response.status}`)
  const set = JSON.parse(await response.text())
  if (!Array.isArray(set?.keys) || set.keys.length > MAX_KEYS) throw new Error('is no set of keys')
  return set
}
