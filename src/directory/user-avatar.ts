import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Directory } from './database'
import { users } from './schema'

/** Which picture a user has; null when there is none, or no such user any more. */
export async function find(directory: Directory, userId: string): Promise<string | null> {
  const self = eq(users.id, userId)
  const row = await directory.select({ avatar: users.avatar }).from(users).where(self).get()
  return row?.avatar ?? null
}

/** Gives a user a picture, or none; rooms are to hear of it. A deleted account stays without. */
export async function set(
  directory: Directory,
  userId: string,
  avatar: string | null,
): Promise<void> {
  await directory
    .update(users)
    .set({ avatar, profileVersion: sql`${users.profileVersion} + 1` })
    .where(
      and(eq(users.id, userId), isNull(users.deletedAt), sql`${users.avatar} is not ${avatar}`),
    )
}
