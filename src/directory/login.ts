import { and, eq, exists, gt, isNotNull, sql } from 'drizzle-orm'
import * as challenges from '../auth/log-in-challenges'
import { refused } from '../auth/passkeys'
import * as passwords from '../auth/passwords'
import { DEFAULT_APP, type Secrets } from '../auth/tokens'
import { ApiError } from '../errors'
import type { NewSession } from '../schemas/sessions'
import { takeBack } from './account-hiding'
import type { Directory } from './database'
import { canLogIn, totp, users } from './schema'
import { type SecondFactor, secondFactorRequired, spend } from './second-factor'
import * as sessions from './sessions'

/** A log-in by a name and a password. */
export type PasswordLogIn = NewSession & { password: string }

/** What a log-in needs to know of an account. */
export interface Account {
  id: string
  passwordHash: string | null
  failedLogins: number
  failedLoginAt: number | null
  /** Whether a password is not enough. */
  asksForCode: boolean
}

/** What a log-in depends on beside what the client sent. */
interface LogInContext {
  /** The name of the device. */
  device: string
  secrets: Secrets
  /** Of the device that was known by its token. */
  deviceId?: string | undefined
}

/**
 * Checks the password of an account, found by `find`, and opens a session. `cost` is log2 of scrypt's N. Throws
 * `wrong_password`: an unknown name, a deleted account and a wrong password take the same time and give the same
 * response. Throws `second_factor_required`, with a challenge, where the password is right and not enough.
 */
export async function logIn(
  directory: Directory,
  input: PasswordLogIn,
  account: Account | undefined,
  context: LogInContext & { cost: number },
  now: number,
): Promise<sessions.OpenedSession> {
  const { device, cost } = context
  await requirePassword(input.password, account?.passwordHash ?? null, cost)
  if (!account?.passwordHash) throw wrongPassword()
  const grant = sessions.newGrant(account.id, now)
  const { password } = input
  const current = account.passwordHash
  const passwordHash = await rehashIfWeak(directory, account.id, { password, current, cost })
  if (account.asksForCode) {
    const { secrets, deviceId } = context
    const passwordTag = await challenges.passwordTag(passwordHash)
    const pending = { userId: account.id, passwordTag, deviceId }
    throw secondFactorRequired(await challenges.signChallenge(secrets[0], pending, now))
  }
  const [, , [opened], , restored] = await directory.batch([
    sessions.deleteExpired(directory, account.id, now),
    clearFailures(directory, account.id),
    sessions.open(
      directory,
      grant,
      device,
      sessions.byPassword(directory, grant.userId, passwordHash),
    ),
    ...takeBack(directory, grant),
  ])
  if (opened) return { ...grant, isRestored: restored.length > 0 }
  // The hash changed after the check, for example because another login rehashed it, or codes were turned on. Check again.
  return logIn(directory, input, await find(directory, input), context, now)
}

/**
 * Goes on with a log-in whose password was right: takes the second factor and opens a session. Throws `wrong_code`,
 * `rate_limited`, and `gone` where the log-in has ended, as by a new password.
 */
export async function logInWithSecondFactor(
  directory: Directory,
  { userId, passwordTag }: challenges.PendingLogIn,
  factor: SecondFactor,
  { device, secrets }: LogInContext,
  now: number,
): Promise<sessions.OpenedSession> {
  const passwordHash = (await findById(directory, userId))?.passwordHash
  if (!passwordHash || (await challenges.passwordTag(passwordHash)) !== passwordTag) {
    throw challenges.challengeEnded()
  }
  const second = await spend(directory, userId, factor, { secrets, now })
  const grant = sessions.newGrant(userId, now)
  const opening = sessions.byTwoFactors(userId, passwordHash, second)
  const [, , [opened], , restored] = await directory.batch([
    sessions.deleteExpired(directory, userId, now),
    clearFailures(directory, userId),
    sessions.open(directory, grant, device, opening),
    ...takeBack(directory, grant),
  ])
  if (!opened) throw challenges.challengeEnded()
  return { ...grant, isRestored: restored.length > 0 }
}

/** Opens a session by a passkey that was used. Throws `passkey_refused` where it is gone. */
export async function logInByPasskey(
  directory: Directory,
  { userId, id }: { userId: string; id: string },
  device: string,
  now: number,
): Promise<sessions.OpenedSession> {
  const grant = sessions.newGrant(userId, now)
  const [, , [opened], , restored] = await directory.batch([
    sessions.deleteExpired(directory, userId, now),
    clearFailures(directory, userId),
    sessions.open(directory, grant, device, sessions.byPasskey(userId, id)),
    ...takeBack(directory, grant),
  ])
  if (!opened) throw refused()
  return { ...grant, isRestored: restored.length > 0 }
}

/** Counts a wrong password or code, for the owner to be told. The same statement for an unknown name, so that time tells nothing. */
export async function countFailure(
  directory: Directory,
  account: Account | undefined,
  now: number,
): Promise<void> {
  await directory
    .update(users)
    .set({ failedLogins: sql`${users.failedLogins} + 1`, failedLoginAt: now })
    .where(eq(users.id, account?.id ?? ''))
}

const clearFailures = (directory: Directory, userId: string) =>
  directory
    .update(users)
    .set({ failedLogins: 0 })
    .where(and(eq(users.id, userId), gt(users.failedLogins, 0)))

/** Throws `wrong_password`, after the same work whether or not the account has a hash. */
export async function requirePassword(
  password: string,
  passwordHash: string | null,
  cost: number,
): Promise<void> {
  if (!(await passwords.verify(password, passwordHash ?? passwords.dummyHash(cost))))
    throw wrongPassword()
}

// Login is the only time when the password is known, so an old hash with a lower cost is replaced here.
async function rehashIfWeak(
  directory: Directory,
  userId: string,
  { password, current, cost }: { password: string; current: string; cost: number },
): Promise<string> {
  if (!passwords.needsRehash(current, cost)) return current
  const passwordHash = await passwords.hash(password, cost, 'logIn')
  const unchanged = and(eq(users.id, userId), eq(users.passwordHash, current))
  await directory.update(users).set({ passwordHash }).where(unchanged)
  return passwordHash
}

/** The account that a log-in names. An address that is not verified names none. */
export const find = (
  directory: Directory,
  { username, email }: Pick<NewSession, 'username' | 'email'>,
): Promise<Account | undefined> =>
  select(directory)
    .where(
      and(
        eq(users.appId, DEFAULT_APP),
        email === undefined
          ? eq(users.username, username ?? '')
          : and(eq(users.email, email), isNotNull(users.emailVerifiedAt)),
      ),
    )
    .get()

/** The account of a user, unless it is deleted. */
export const findById = (directory: Directory, userId: string): Promise<Account | undefined> =>
  select(directory)
    .where(and(eq(users.id, userId), canLogIn(users)))
    .get()

const select = (directory: Directory) =>
  directory
    .select({
      id: users.id,
      passwordHash: users.passwordHash,
      failedLogins: users.failedLogins,
      failedLoginAt: users.failedLoginAt,
      asksForCode: exists(
        directory
          .select({ userId: totp.userId })
          .from(totp)
          .where(sql`${totp.userId} = ${users.id} and ${totp.confirmedAt} is not null`),
      ).mapWith(Boolean),
    })
    .from(users)

const wrongPassword = () =>
  new ApiError('wrong_password', 'The name or the password is wrong. Check both and try again.')
