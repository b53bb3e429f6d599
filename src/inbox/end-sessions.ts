import type { Grant, RefreshClaims } from '../auth/tokens'
import { type Directory, open } from '../directory/database'
import * as sessions from '../directory/sessions'
import { ApiError } from '../errors'
import * as inbox from './client'

type Bindings = Pick<Env, 'DB' | 'INBOXES'>

/** A session of a user. */
interface Ended {
  userId: string
  sessionId: string
}

// The inbox first, which reaches rooms and other isolates: should the rest fail, the session is ended all the same.
async function end(env: Bindings, { userId, sessionId }: Ended, now: number): Promise<void> {
  await inbox.endSessions(env, userId, [sessionId], now)
  await sessions.end(open(env.DB), userId, sessionId)
}

/** Logs out. */
export const endCurrent = end

/** Ends one session of a user; nothing where it is none of theirs. Throws `unavailable`. */
export async function endOne(env: Bindings, ended: Ended, now: number): Promise<void> {
  const ids = await sessions.listIds(open(env.DB), ended.userId)
  if (ids.includes(ended.sessionId)) await end(env, ended, now)
}

/** Ends the sessions that a user has too many, those unused for longest. Throws `unavailable`. */
export async function endBeyondLimit(env: Bindings, userId: string, now: number): Promise<void> {
  const directory = open(env.DB)
  const ids = await sessions.listBeyondLimit(directory, userId)
  if (ids.length === 0) return
  await inbox.endSessions(env, userId, ids, now)
  await sessions.endMany(directory, userId, ids)
}

/** Ends every session of a user, and the one they ask by. Throws `unavailable`. */
export async function endAll(
  env: Bindings,
  { userId, sessionId }: Pick<Ended, 'userId'> & Partial<Ended>,
  now: number,
): Promise<void> {
  const directory = open(env.DB)
  const ids = new Set(await sessions.listIds(directory, userId))
  if (sessionId !== undefined) ids.add(sessionId)
  await inbox.endSessions(env, userId, [...ids], now)
  await endLateOnes(env, userId, ids, await sessions.endAll(directory, userId), now)
}

/**
 * Ends every session of a user, with the one they ask by (`sessionId`) or but an `except`ed one, around a change that `change`
 * makes; it answers which it ended. Throws `unavailable`, and what `change` throws.
 */
export async function endAround<T extends { ended: string[] }>(
  env: Bindings,
  { userId, sessionId, except }: { userId: string; sessionId?: string; except?: string },
  now: number,
  change: () => Promise<T>,
): Promise<T> {
  const all = await sessions.listIds(open(env.DB), userId)
  const known = new Set(all.filter((id) => id !== except))
  if (sessionId !== undefined) known.add(sessionId)
  await inbox.endSessions(env, userId, [...known], now)
  const changed = await change()
  await endLateOnes(env, userId, known, changed.ended, now)
  return changed
}

// Sessions that were opened between the list and the statement that deleted them.
async function endLateOnes(
  env: Bindings,
  userId: string,
  known: Set<string>,
  deleted: string[],
  now: number,
): Promise<void> {
  const late = deleted.filter((id) => !known.has(id))
  await inbox.endSessions(env, userId, late, now)
}

/**
 * The next generation of a session. A refresh token that was used before must have been copied, so it ends the
 * session. Throws `unauthenticated`, `unavailable`.
 */
export async function refresh(
  env: Bindings,
  directory: Directory,
  claims: RefreshClaims,
  now: number,
): Promise<Grant> {
  const { grant, isReused } = await sessions.rotate(directory, claims, now)
  const session = { userId: grant.userId, sessionId: grant.id }
  if (isReused) {
    await end(env, session, now)
    throw inbox.sessionEnded()
  }
  try {
    await inbox.requireLiveSession(env, grant.userId, grant.id)
  } catch (error) {
    // It was ended, but its row is still there: whoever ended it was interrupted.
    if (error instanceof ApiError && error.code === 'unauthenticated') {
      await sessions.end(directory, grant.userId, grant.id)
    }
    throw error
  }
  return grant
}
