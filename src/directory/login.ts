import { and, eq } from 'drizzle-orm'
import * as passwords from '../auth/passwords'
import { DEFAULT_APP, type Grant } from '../auth/tokens'
import { ApiError } from '../errors'
import type { NewSession } from '../schemas/sessions'
import type { Directory } from './database'
import { users } from './schema'
import * as sessions from './sessions'

/**
 * Checks the password and opens a session. `cost` is log2 of scrypt's N. Throws `wrong_password`: an unknown
 * name, a deleted account and a wrong password take the same time and give the same response.
 */
export async function logIn(
  directory: Directory,
  input: NewSession,
  { device, cost }: { device: string; cost: number },
  now: number,
): Promise<Grant> {
  const row = await find(directory, input)
  await requirePassword(input.password, row?.passwordHash ?? null, cost)
  if (!row?.passwordHash) throw wrongPassword()
  const grant = sessions.newGrant(row.id, now)
  const { password } = input
  const current = row.passwordHash
  const passwordHash = await rehashIfWeak(directory, row.id, { password, current, cost })
  const [, [opened]] = await directory.batch([
    sessions.deleteExpired(directory, row.id, now),
    sessions.open(directory, grant, device, passwordHash),
  ])
  // The hash changed after the check, for example because another login rehashed it. Check the new one.
  return opened ? grant : logIn(directory, input, { device, cost }, now)
}

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

const find = (directory: Directory, { username, email }: NewSession) =>
  directory
    .select({ id: users.id, passwordHash: users.passwordHash })
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
