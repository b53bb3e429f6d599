import { and, asc, eq, exists, isNotNull, isNull, lte, sql } from 'drizzle-orm'
import type { Grant } from '../auth/tokens'
import { ApiError } from '../errors'
import type { Erasure } from '../schemas/users'
import type { Directory } from './database'
import { sessions, users } from './schema'
import { recordWhere } from './site-audit'
import * as siteRoles from './site-roles'

/** How long a log-in takes a hidden account back. */
export const UNDELETE_DAYS = 14
export const UNDELETE_MS = UNDELETE_DAYS * 24 * 60 * 60 * 1000

const moved = {
  profileVersion: sql`${users.profileVersion} + 1`,
  dmAccessVersion: sql`${users.dmAccessVersion} + 1`,
}

/**
 * Hides an account, which is deleted for good later, and ends its sessions, whose ids it returns. Others see a deleted account; its
 * row, its name and its places in rooms stay. Throws `last_admin`, `unauthenticated`.
 */
export async function hide(
  directory: Directory,
  userId: string,
  messages: Erasure,
  now: number,
): Promise<{ ended: string[] }> {
  const self = and(eq(users.id, userId), isNull(users.deletedAt))
  const hidden = directory
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.id, userId), isNotNull(users.deletionDueAt)))
  const [[row], ended] = await directory.batch([
    directory
      .update(users)
      .set({
        deletedAt: now,
        deletionDueAt: now + UNDELETE_MS,
        erased: messages === 'erase',
        ...moved,
      })
      .where(and(self, siteRoles.isNotLastAdmin(directory)))
      .returning({ id: users.id }),
    directory
      .delete(sessions)
      .where(and(eq(sessions.userId, userId), exists(hidden)))
      .returning({ id: sessions.id }),
  ])
  if (row) return { ended: ended.map(({ id }) => id) }
  if (await siteRoles.isLastAdmin(directory, userId)) throw siteRoles.lastAdminProblem()
  throw new ApiError('unauthenticated', 'This account was deleted.')
}

/**
 * The statements that take a hidden account back, if this session of it was opened, and record that it was, by an app key or by
 * its owner. They stand behind that in the same batch.
 */
export function takeBack(
  directory: Directory,
  { id, userId, rotatedAt: now }: Pick<Grant, 'id' | 'userId' | 'rotatedAt'>,
  appKeyId?: string,
) {
  const isReopened = and(
    eq(users.id, userId),
    isNotNull(users.deletionDueAt),
    exists(directory.select({ id: sessions.id }).from(sessions).where(eq(sessions.id, id))),
  )
  const action = appKeyId === undefined ? 'createSession' : 'createAppSession'
  const act = { actorId: appKeyId ?? userId, action, userId, detail: { restored: 'true' } }
  return [
    // First, because its condition is what the other changes.
    recordWhere(directory, act, now, isReopened),
    directory
      .update(users)
      .set({ deletedAt: null, deletionDueAt: null, erased: false, ...moved })
      .where(isReopened)
      .returning({ id: users.id }),
  ] as const
}

/** Hidden accounts that are to be deleted for good now. */
export const listDue = (directory: Directory, now: number, limit: number) =>
  directory
    .select({ id: users.id, erased: users.erased })
    .from(users)
    .where(and(isNotNull(users.deletionDueAt), lte(users.deletionDueAt, now)))
    .orderBy(asc(users.deletionDueAt))
    .limit(limit)
