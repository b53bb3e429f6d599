import { and, desc, eq, gt, lt, sql } from 'drizzle-orm'
import { type Grant, REFRESH_TOKEN_SECONDS, type RefreshClaims } from '../auth/tokens'
import { ApiError } from '../errors'
import { newId } from '../ids'
import type { Page } from '../schemas/pages'
import { iso } from '../schemas/primitives'
import type { Session } from '../schemas/sessions'
import type { Directory } from './database'
import { sessions, users } from './schema'

/** How long the refresh token just replaced still answers: two tabs, a lost answer. */
const GRACE_MS = 30_000

const columns = {
  id: sessions.id,
  userId: sessions.userId,
  generation: sessions.generation,
  rotatedAt: sessions.rotatedAt,
}

export const newGrant = (userId: string, now: number): Grant => ({
  id: newId(),
  userId,
  generation: 0,
  rotatedAt: now,
})

/**
 * The statement that opens a session while the password is still the one that was checked:
 * an account deleted, or a password changed, meanwhile opens none.
 */
export const open = (directory: Directory, grant: Grant, name: string, passwordHash: string) =>
  directory
    .insert(sessions)
    .select(
      sql`select ${grant.id}, ${users.id}, ${name}, ${grant.generation}, ${grant.rotatedAt}, ${grant.rotatedAt}
        from ${users} where ${users.id} = ${grant.userId} and ${users.passwordHash} = ${passwordHash}`,
    )
    .returning({ id: sessions.id })

/** The statement that forgets a user's sessions whose refresh tokens have expired. */
export const deleteExpired = (directory: Directory, userId: string, now: number) =>
  directory
    .delete(sessions)
    .where(
      and(eq(sessions.userId, userId), lt(sessions.rotatedAt, now - REFRESH_TOKEN_SECONDS * 1000)),
    )

/**
 * The next generation of a session. The one just replaced gets the same successor for a grace
 * period; an older one has been copied, so the whole session ends. Throws `unauthenticated`.
 */
export async function rotate(
  directory: Directory,
  { sessionId, generation }: RefreshClaims,
  now: number,
): Promise<Grant> {
  const presented = and(eq(sessions.id, sessionId), eq(sessions.generation, generation))
  const rotated = await directory
    .update(sessions)
    .set({ generation: generation + 1, rotatedAt: now })
    .where(presented)
    .returning(columns)
    .get()
  if (rotated) return rotated
  const held = eq(sessions.id, sessionId)
  const row = await directory.select(columns).from(sessions).where(held).get()
  if (row?.generation === generation + 1 && now - row.rotatedAt <= GRACE_MS) return row
  if (row) await directory.delete(sessions).where(held)
  throw new ApiError('unauthenticated', 'This session has ended; log in again.')
}

/** The devices of a user, latest log-in first. */
export async function list(
  directory: Directory,
  { userId, sessionId }: { userId: string; sessionId: string },
  { limit, cursor }: { limit: number; cursor?: string | undefined },
  now: number,
): Promise<Page<Session>> {
  const alive = gt(sessions.rotatedAt, now - REFRESH_TOKEN_SECONDS * 1000)
  const rest = cursor === undefined ? undefined : lt(sessions.id, cursor)
  const rows = await directory
    .select()
    .from(sessions)
    .where(and(eq(sessions.userId, userId), rest, alive))
    .orderBy(desc(sessions.id))
    .limit(limit + 1)
  const items = rows.slice(0, limit).map((row) => toSession(row, sessionId))
  return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null }
}

/** Ends one session of this user; one that is not there, or not theirs, is none of theirs already. */
export async function end(directory: Directory, userId: string, sessionId: string): Promise<void> {
  await directory
    .delete(sessions)
    .where(and(eq(sessions.id, sessionId), eq(sessions.userId, userId)))
}

export async function endAll(directory: Directory, userId: string): Promise<void> {
  await directory.delete(sessions).where(eq(sessions.userId, userId))
}

function toSession(row: typeof sessions.$inferSelect, currentId: string): Session {
  return {
    id: row.id,
    name: row.name,
    createdAt: iso(row.createdAt),
    lastUsedAt: iso(row.rotatedAt),
    current: row.id === currentId,
  }
}
