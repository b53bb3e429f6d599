import { and, eq, gt, sql } from 'drizzle-orm'
import * as passwords from '../auth/passwords'
import { DEFAULT_APP, type Grant } from '../auth/tokens'
import { ApiError } from '../errors'
import type { NewSession } from '../schemas/sessions'
import type { Directory } from './database'
import { users } from './schema'
import * as sessions from './sessions'

/** A log-in by a name and a password. */
export type PasswordLogIn = NewSession & { password: string }

/** What a log-in needs to know of an account. */
export interface Account {
  id: string
  passwordHash: string | null
  failedLogins: number
  failedLoginAt: number | null
}

/**
 * Checks the password of an account, found by `find`, and opens a session. `cost` is log2 of scrypt's N. Throws
 * `wrong_password`: an unknown name, a deleted account and a wrong password take the same time and give the same
 * response.
 */
export async function logIn(
  directory: Directory,
  input: PasswordLogIn,
  account: Account | undefined,
  { device, cost }: { device: string; cost: number },
  now: number,
): Promise<Grant> {
  await requirePassword(input.password, account?.passwordHash ?? null, cost)
  if (!account?.passwordHash) throw wrongPassword()
  const grant = sessions.newGrant(account.id, now)
  const { password } = input
  const current = account.passwordHash
  const passwordHash = await rehashIfWeak(directory, account.id, { password, current, cost })
  const [, , [opened]] = await directory.batch([
    sessions.deleteExpired(directory, account.id, now),
    clearFailures(directory, account.id),
    sessions.open(directory, grant, device, sessions.byPassword(grant.userId, passwordHash)),
  ])
  if (opened) return grant
  // The hash changed after the check, for example because another login rehashed it. Check the new one.
  return logIn(directory, input, await find(directory, input), { device, cost }, now)
}

/** Counts a wrong password, for the owner to be told. The same statement for an unknown name, so that time tells nothing. */
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

/** The account that a log-in names. */
export const find = (
  directory: Directory,
  { username, email }: Pick<NewSession, 'username' | 'email'>,
): Promise<Account | undefined> =>
  directory
    .select({
      id: users.id,
      passwordHash: users.passwordHash,
      failedLogins: users.failedLogins,
      failedLoginAt: users.failedLoginAt,
    })
    .from(users)
    .where(
      and(
        eq(users.appId, DEFAULT_APP),
        email === undefined ? eq(users.username, username ?? '') : eq(users.email, email),
      ),
    )
    // No address is verified, so the one who claimed it first logs in by it.
    .orderBy(users.emailClaimedAt, users.id)
    .limit(1)
    .get()

const wrongPassword = () =>
  new ApiError('wrong_password', 'The name or the password is wrong. Check both and try again.')
