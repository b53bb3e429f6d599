import { withRetries } from '../durable-objects/retry'
import { ApiError, rootOf } from '../errors'
import type { PresenceNews } from './presence-row'

type Bindings = Pick<Env, 'INBOXES'>

const inboxOf = ({ INBOXES }: Bindings, userId: string) => INBOXES.get(INBOXES.idFromName(userId))

/** Tells a peer's inbox how the user `from` is, and returns how the peer is. Throws what the runtime throws. */
export const exchangePresence = (
  env: Bindings,
  peerId: string,
  from: string,
  news: PresenceNews,
): Promise<PresenceNews> =>
  withRetries(async () => inboxOf(env, peerId).exchangePresence(from, news))

/** Whether a user is online, whoever may know. Throws `unavailable`. */
export async function readPresence(env: Bindings, userId: string): Promise<PresenceNews> {
  try {
    return await withRetries(async () => inboxOf(env, userId).readPresence())
  } catch (error) {
    console.error({ level: 'error', work: 'presence', message: rootOf(error).message })
    const detail = 'Nobody can say right now whether they are online. Try again in a moment.'
    throw new ApiError('unavailable', detail, { retryAfter: 1 })
  }
}
