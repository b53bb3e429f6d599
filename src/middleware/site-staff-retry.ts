import type { AccessClaims } from '../auth/tokens'
import * as accounts from '../directory/accounts'
import type { Directory } from '../directory/database'
import { ApiError } from '../errors'
import type { Caller } from '../room/policy/authorize'

/**
 * Does something in a room as who one is there and, where that is refused, as what the directory says one
 * is on the site: it is asked only then, so that those who belong to the room cost it nothing.
 */
export async function retryAsSiteStaff<T>(
  { directory, access, now }: { directory: Directory; access: AccessClaims; now: number },
  work: (caller: Caller) => Promise<T>,
): Promise<T> {
  const { userId } = access
  try {
    return await work({ userId })
  } catch (refusal) {
    if (!isRefusal(refusal)) throw refusal
    const siteRole = await accounts
      .requireSiteRole(directory, userId, 'moderator', now)
      .catch(() => {
        throw refusal
      })
    return work({ userId, siteRole })
  }
}

const isRefusal = (error: unknown) =>
  error instanceof ApiError && ['forbidden', 'banned'].includes(error.code)
