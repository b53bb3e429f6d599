import { and, eq, lt } from 'drizzle-orm'
import type { Identity } from '../auth/identity-tokens'
import type { AccessClaims } from '../auth/tokens'
import { ApiError, registrationRequired } from '../errors'
import * as accounts from './accounts'
import type { Directory } from './database'
import { userOf } from './identities'
import * as login from './login'
import { sessions, users } from './schema'

/** How long a proof of who you are holds. */
const PROOF_MS = 10 * 60_000

/**
 * Proves who is behind a session by the password, and records that. `cost` is log2 of scrypt's N. Throws
 * `wrong_password`, `registration_required`, `unauthenticated`.
 */
export async function prove(
  directory: Directory,
  { userId, sessionId }: Pick<AccessClaims, 'userId' | 'sessionId'>,
  password: string,
  { cost, now }: { cost: number; now: number },
): Promise<void> {
  const { passwordHash, guestUntil } = await accounts.requireRow(directory, userId)
  if (guestUntil !== null) throw registrationRequired('prove who they are')
  await login.requirePassword(password, passwordHash, cost)
  await directory.update(sessions).set({ provenAt: now }).where(isSession(userId, sessionId))
}

/**
 * Proves who is behind a session by an identity token that was verified, and records when that was. Throws `identity_refused` for
 * the identity of another user, `proof_required` for one that they proved long ago.
 */
export async function proveByIdentity(
  directory: Directory,
  { userId, sessionId }: Pick<AccessClaims, 'userId' | 'sessionId'>,
  identity: Identity,
  now: number,
): Promise<void> {
  const user = await userOf(directory, identity).get()
  if (user?.id !== userId) {
    throw new ApiError('identity_refused', 'The identity token is of another user.')
  }
  const { provenAt } = identity
  if (now - provenAt > PROOF_MS) {
    throw new ApiError('proof_required', 'Log in again where you come from, then repeat this.')
  }
  await directory
    .update(sessions)
    .set({ provenAt })
    .where(and(isSession(userId, sessionId), lt(sessions.provenAt, provenAt)))
}

/** Requires that the user proved who they are in this session lately. Guests have nothing to prove it by. Throws `proof_required`. */
export async function requireProof(
  directory: Directory,
  { userId, sessionId }: Pick<AccessClaims, 'userId' | 'sessionId'>,
  now: number,
): Promise<void> {
  const row = await directory
    .select({ provenAt: sessions.provenAt, guestUntil: users.guestUntil })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(isSession(userId, sessionId))
    .get()
  if (row && (row.guestUntil !== null || now - row.provenAt <= PROOF_MS)) return
  throw new ApiError('proof_required', 'Enter your password again, then repeat this.')
}

const isSession = (userId: string, sessionId: string) =>
  and(eq(sessions.id, sessionId), eq(sessions.userId, userId))
