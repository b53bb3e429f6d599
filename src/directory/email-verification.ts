import { and, eq, isNull } from 'drizzle-orm'
import { hashToken } from '../auth/tokens'
import { ApiError, rootOf } from '../errors'
import type { Me } from '../schemas/users'
import * as accounts from './accounts'
import type { Directory } from './database'
import * as emailLinks from './email-links'
import { users } from './schema'

/**
 * Verifies the address of a user by the link that was sent to it. It takes the user's own session: or somebody could have the owner
 * of an address verify it for an account that is not theirs. Throws `gone`, and `conflict` where another account verified it.
 */
export async function apply(
  directory: Directory,
  userId: string,
  token: string,
  now: number,
): Promise<Me> {
  const hash = await hashToken(token)
  const isGood = emailLinks.isGood(directory, 'verify', hash, now)
  try {
    const [[row]] = await directory.batch([
      directory
        .update(users)
        .set({ emailVerifiedAt: now })
        .where(and(eq(users.id, userId), isNull(users.deletedAt), isGood))
        .returning(),
      emailLinks.use(directory, userId, hash),
    ])
    if (row) return accounts.toMe(row, now)
  } catch (error) {
    throw isTaken(error) ? taken() : error
  }
  throw emailLinks.linkGone()
}

const isTaken = (error: unknown) =>
  /UNIQUE constraint failed:.*\busers\.email/.test(rootOf(error).message)

// Only whoever reads the mail of the address learns it.
const taken = () =>
  new ApiError(
    'conflict',
    'Another account has verified this address. Remove it there first, or log in there.',
  )
