import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Directory } from './database'
import * as identityPictures from './identity-pictures'
import { users } from './schema'

/** The id of a user's avatar, or null if they have none or do not exist. */
export async function find(directory: Directory, userId: string): Promise<string | null> {
  const self = eq(users.id, userId)
  const row = await directory.select({ avatar: users.avatar }).from(users).where(self).get()
  return row?.avatar ?? null
}

/**
 * Sets or removes a user's avatar. A change leaves a fanout pending. A deleted account stays without. Who removed theirs gets none
 * of an issuer.
 */
export async function set(
  directory: Directory,
  userId: string,
  avatar: string | null,
): Promise<void> {
  const change = directory
    .update(users)
    .set({ avatar, profileVersion: sql`${users.profileVersion} + 1` })
    .where(
      and(eq(users.id, userId), isNull(users.deletedAt), sql`${users.avatar} is not ${avatar}`),
    )
  if (avatar === null) await directory.batch([change, identityPictures.decline(directory, userId)])
  else await change
}
