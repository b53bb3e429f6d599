import { and, eq, lte } from 'drizzle-orm'
import type { Identity } from '../auth/identity-tokens'
import type { AccessClaims, Secrets } from '../auth/tokens'
import { ApiError, registrationRequired } from '../errors'
import * as accounts from './accounts'
import type { Directory } from './database'
import { userOf } from './identities'
import * as login from './login'
import { sessions, users } from './schema'
import { type SecondFactor, spend } from './second-factor'
import * as totp from './totp'

/** How long a proof of who you are holds. */
const PROOF_MS = 10 * 60_000

/** Methods that stand in for the password where it is forgotten. Opening a session as a guest proves nothing. */
const IN_PLACE_OF_PASSWORD = ['passkey', 'identity']

/** A session of a user. */
type InSession = Pick<AccessClaims, 'userId' | 'sessionId'>

/**
 * Proves who is behind a session by the password, and by a second factor where the account asks for one, and records that.
 * `cost` is log2 of scrypt's N. Throws `wrong_password`, `second_factor_required`, `wrong_code`, `rate_limited`,
 * `registration_required`, `unauthenticated`.
 */
export async function prove(
  directory: Directory,
  access: InSession,
  { password, ...factor }: SecondFactor & { password: string },
  { cost, secrets, now }: { cost: number; secrets: Secrets; now: number },
): Promise<void> {
  const { userId } = access
  if (!(await totp.isOn(directory, userId))) {
    return proveByPassword(directory, access, password, { cost, now })
  }
  await requirePassword(directory, userId, password, cost)
  const second = await spend(directory, userId, factor, { secrets, now })
  await record(directory, access, `password,${second}`, now)
}

/** As `prove`, of an account that asks for no second factor. */
export async function proveByPassword(
  directory: Directory,
  access: InSession,
  password: string,
  { cost, now }: { cost: number; now: number },
): Promise<void> {
  await requirePassword(directory, access.userId, password, cost)
  await record(directory, access, 'password', now)
}

async function requirePassword(
  directory: Directory,
  userId: string,
  password: string,
  cost: number,
): Promise<void> {
  const { passwordHash, guestUntil } = await accounts.requireRow(directory, userId)
  if (guestUntil !== null) throw registrationRequired('prove who they are')
  await login.requirePassword(password, passwordHash, cost)
}

/** Proves who is behind a session by a passkey of theirs that was used, and records that. */
export const proveByPasskey = (directory: Directory, access: InSession, now: number) =>
  record(directory, access, 'passkey', now)

/** Whether the last proof in this session is a recent one, by what stands in for the password. */
export async function isProvenOtherwise(
  directory: Directory,
  { userId, sessionId }: InSession,
  now: number,
): Promise<boolean> {
  const row = await directory
    .select({ provenAt: sessions.provenAt, methods: sessions.methods })
    .from(sessions)
    .where(isSession(userId, sessionId))
    .get()
  const isRecent = row !== undefined && now - row.provenAt <= PROOF_MS
  return isRecent && IN_PLACE_OF_PASSWORD.includes(row.methods)
}

/** Records that a user proved who they are in this session, and by what. */
async function record(
  directory: Directory,
  { userId, sessionId }: InSession,
  methods: string,
  provenAt: number,
): Promise<void> {
  await directory
    .update(sessions)
    .set({ provenAt, methods })
    .where(and(isSession(userId, sessionId), lte(sessions.provenAt, provenAt)))
}

/**
 * Proves who is behind a session by an identity token that was verified, and records when that was. Throws `identity_refused` for
 * the identity of another user, `proof_required` for one that they proved long ago.
 */
export async function proveByIdentity(
  directory: Directory,
  access: InSession,
  identity: Identity,
  now: number,
): Promise<void> {
  const user = await userOf(directory, identity).get()
  if (user?.id !== access.userId) {
    throw new ApiError('identity_refused', 'The identity token is of another user.')
  }
  const { provenAt } = identity
  if (now - provenAt > PROOF_MS) {
    throw new ApiError('proof_required', 'Log in again where you come from, then repeat this.')
  }
  await record(directory, access, 'identity', provenAt)
}

/** Requires that the user proved who they are in this session lately. Guests have nothing to prove it by. Throws `proof_required`. */
export async function requireProof(
  directory: Directory,
  { userId, sessionId }: InSession,
  now: number,
): Promise<void> {
  const row = await directory
    .select({ provenAt: sessions.provenAt, guestUntil: users.guestUntil })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(isSession(userId, sessionId))
    .get()
  if (row && (row.guestUntil !== null || now - row.provenAt <= PROOF_MS)) return
  throw new ApiError(
    'proof_required',
    'Prove who you are again, as by your password, then repeat this.',
  )
}

const isSession = (userId: string, sessionId: string) =>
  and(eq(sessions.id, sessionId), eq(sessions.userId, userId))
