import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Directory } from './database'
import * as identityPictures from './identity-pictures'
import { users } from './schema'

/** The id of a user's avatar, or null if they have none, and whether the account is deleted for good, not only hidden. */
export async function find(
  directory: Directory,
  userId: string,
): Promise<{ current: string | null; isDeleted: boolean }> {
  const { avatar, deletedAt, deletionDueAt } = users
  const row = await directory
    .select({ avatar, deletedAt, deletionDueAt })
    .from(users)
    .where(eq(users.id, userId))
    .get()
  const isDeleted = row !== undefined && row.deletedAt !== null && row.deletionDueAt === null
  return { current: row?.avatar ?? null, isDeleted }
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
