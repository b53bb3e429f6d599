import * as accounts from '../directory/accounts'
import { ApiError } from '../errors'
import type { SessionEnv } from '../http/context'
import type { Caller } from '../room/policy/authorize'

/**
 * Calls a room as a plain user and, if that is refused, again with the user's site role. The directory is
 * asked for the role only then, so members of the room do not pay for the lookup.
 */
export async function retryAsSiteStaff<T>(
  { directory, access, now }: Pick<SessionEnv['Variables'], 'directory' | 'access' | 'now'>,
  call: (caller: Caller) => Promise<T>,
): Promise<T> {
  const { userId } = access
  try {
    return await call({ userId })
  } catch (refusal) {
    if (!isRefusal(refusal)) throw refusal
    const siteRole = await accounts
      .requireSiteRole(directory, userId, 'moderator', now)
      .catch(() => {
        throw refusal
      })
    return call({ userId, siteRole })
  }
}

const isRefusal = (error: unknown) =>
  error instanceof ApiError && ['forbidden', 'banned'].includes(error.code)
