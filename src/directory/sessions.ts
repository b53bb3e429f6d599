import {
  and,
  desc,
  eq,
  gt,
  isNotNull,
  lt,
  ne,
  notExists,
  type SQL,
  type SQLWrapper,
  sql,
} from 'drizzle-orm'
import { type Grant, REFRESH_TOKEN_SECONDS, type RefreshClaims } from '../auth/tokens'
import { ApiError } from '../errors'
import { newId } from '../ids'
import { iso } from '../schemas/primitives'
import type { Session } from '../schemas/sessions'
import { type Directory, idsIn } from './database'
import { canLogIn, passkeys, sessions, users } from './schema'
import * as totp from './totp'

/** How long a replaced refresh token stays valid, for a second tab or a response that got lost. */
const GRACE_MS = 30_000

/** Past this many sessions of a user, a log-in ends the one unused for longest. */
export const MAX_SESSIONS = 50
const SLICE = 100

const columns = {
  id: sessions.id,
  userId: sessions.userId,
  generation: sessions.generation,
  rotatedAt: sessions.rotatedAt,
  provenAt: sessions.provenAt,
}

/** The first generation of a new session. */
export const newGrant = (userId: string, now: number): Grant => ({
  id: newId(),
  userId,
  generation: 0,
  rotatedAt: now,
  provenAt: now,
})

/** A session that a log-in opened. */
export interface OpenedSession extends Grant {
  /** Whether that took back an account that was hidden. */
  isRestored: boolean
}

/** By what a session is opened, comma-separated, and what must hold of the user's row when it is. */
export interface Opening {
  methods: string
  condition: SQL | undefined
}

const hasHash = (userId: string, passwordHash: string) =>
  and(eq(users.id, userId), eq(users.passwordHash, passwordHash))

/** By a password alone: the account still has the hash that was checked, and asks for no second factor. */
export const byPassword = (
  directory: Directory,
  userId: string,
  passwordHash: string,
): Opening => ({
  methods: 'password',
  condition: and(hasHash(userId, passwordHash), notExists(totp.confirmedOf(directory, userId))),
})

/** By a password and a second factor that was spent. */
export const byTwoFactors = (userId: string, passwordHash: string, second: string): Opening => ({
  methods: `password,${second}`,
  condition: hasHash(userId, passwordHash),
})

/** By a passkey that was used: the account still has it. One that made sure of its user counts as both factors. */
export const byPasskey = (userId: string, passkeyId: string): Opening => ({
  methods: 'passkey',
  condition: and(
    eq(users.id, userId),
    canLogIn(users),
    sql`exists (select 1 from ${passkeys} where ${passkeys.id} = ${passkeyId} and ${passkeys.userId} = ${userId})`,
  ),
})

export const asGuest = (userId: string): Opening => ({
  methods: 'guest',
  condition: and(eq(users.id, userId), isNotNull(users.guestUntil)),
})

/** By somebody else's word; `userId` is the statement that selects the user. */
export const byIdentity = (method: string, userId: SQLWrapper): Opening => ({
  methods: method,
  condition: and(sql`${users.id} = (${userId})`, canLogIn(users)),
})

/**
 * The statement that opens a session. It returns no row if its condition does not hold any more, because the account was
 * deleted or the password changed meanwhile. `name` is the device's.
 */
export const open = (
  directory: Directory,
  grant: Grant,
  name: string,
  { methods, condition }: Opening,
) =>
  directory
    .insert(sessions)
    .select(
      sql`select ${grant.id}, ${users.id}, ${name}, ${grant.generation}, ${grant.rotatedAt}, ${grant.rotatedAt},
        ${grant.provenAt}, ${methods}
        from ${users} where ${condition}`,
    )
    .returning({ id: sessions.id, userId: sessions.userId })

/** The statement that deletes a user's sessions whose refresh tokens have expired. */
export const deleteExpired = (directory: Directory, userId: string, now: number) =>
  directory
    .delete(sessions)
    .where(
      and(eq(sessions.userId, userId), lt(sessions.rotatedAt, now - REFRESH_TOKEN_SECONDS * 1000)),
    )

/**
 * Moves a session to its next generation. For a grace period, the token just replaced gets the same successor. An
 * older token is `isReused`: it must have been copied, and the caller ends the session. Throws `unauthenticated`.
 */
export async function rotate(
  directory: Directory,
  { sessionId, generation }: RefreshClaims,
  now: number,
): Promise<{ grant: Grant; isReused: boolean }> {
  const presented = and(eq(sessions.id, sessionId), eq(sessions.generation, generation))
  const rotated = await directory
    .update(sessions)
    .set({ generation: generation + 1, rotatedAt: now })
    .where(presented)
    .returning(columns)
    .get()
  if (rotated) return { grant: rotated, isReused: false }
  const current = eq(sessions.id, sessionId)
  const row = await directory.select(columns).from(sessions).where(current).get()
  if (!row) throw new ApiError('unauthenticated', 'This session has ended. Log in again.')
  const isRepeat = row.generation === generation + 1 && now - row.rotatedAt <= GRACE_MS
  return { grant: row, isReused: !isRepeat }
}

/** A user's sessions, latest login first, before an id. `sessionId` marks the current one. */
export async function list(
  directory: Directory,
  { userId, sessionId }: { userId: string; sessionId: string },
  { limit, before }: { limit: number; before: string | undefined },
  now: number,
): Promise<Session[]> {
  const alive = gt(sessions.rotatedAt, now - REFRESH_TOKEN_SECONDS * 1000)
  const rest = before === undefined ? undefined : lt(sessions.id, before)
  const rows = await directory
    .select()
    .from(sessions)
    .where(and(eq(sessions.userId, userId), rest, alive))
    .orderBy(desc(sessions.id))
    .limit(limit)
  return rows.map((row) => toSession(row, sessionId))
}

/** Ends one session of this user. It does nothing if the user has no such session. */
export async function end(directory: Directory, userId: string, sessionId: string): Promise<void> {
  await directory
    .delete(sessions)
    .where(and(eq(sessions.id, sessionId), eq(sessions.userId, userId)))
}

/** Ends these sessions of this user, in one statement however many they are. */
export async function endMany(
  directory: Directory,
  userId: string,
  ids: readonly string[],
): Promise<void> {
  const listed = idsIn(ids)
  await directory
    .delete(sessions)
    .where(and(eq(sessions.userId, userId), sql`${sessions.id} in ${listed}`))
}

/** Ends every session of a user and returns their ids. */
export async function endAll(directory: Directory, userId: string): Promise<string[]> {
  const ended = await directory
    .delete(sessions)
    .where(eq(sessions.userId, userId))
    .returning({ id: sessions.id })
  return ended.map(({ id }) => id)
}

/** The sessions that a user has too many, those unused for longest. */
export async function listBeyondLimit(directory: Directory, userId: string): Promise<string[]> {
  const rows = await directory
    .select({ id: sessions.id })
    .from(sessions)
    .where(eq(sessions.userId, userId))
    .orderBy(desc(sessions.rotatedAt), desc(sessions.id))
    .limit(SLICE)
    .offset(MAX_SESSIONS)
  return rows.map(({ id }) => id)
}

/** Whether another session of the user is on a device of this name. */
export async function isKnownDevice(
  directory: Directory,
  { userId, sessionId, device }: { userId: string; sessionId: string; device: string },
): Promise<boolean> {
  const alike = and(
    eq(sessions.userId, userId),
    eq(sessions.name, device),
    ne(sessions.id, sessionId),
  )
  return (
    (await directory.select({ id: sessions.id }).from(sessions).where(alike).limit(1).get()) !==
    undefined
  )
}

export async function listIds(directory: Directory, userId: string): Promise<string[]> {
  const rows = await directory
    .select({ id: sessions.id })
    .from(sessions)
    .where(eq(sessions.userId, userId))
  return rows.map(({ id }) => id)
}

function toSession(row: typeof sessions.$inferSelect, currentId: string): Session {
  return {
    id: row.id,
    name: row.name,
    createdAt: iso(row.createdAt),
    lastUsedAt: iso(row.rotatedAt),
    current: row.id === currentId,
    provenAt: iso(row.provenAt),
    methods: row.methods.split(','),
  }
}
