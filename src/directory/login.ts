import { and, eq } from 'drizzle-orm'
import * as passwords from '../auth/passwords'
import type { Grant } from '../auth/tokens'
import { ApiError } from '../errors'
import type { NewSession } from '../schemas/sessions'
import type { Directory } from './database'
import { users } from './schema'
import * as sessions from './sessions'

/** Opens a session. An unknown name, a deleted account and a wrong password cost and answer the same. */
export async function logIn(
  directory: Directory,
  login: NewSession,
  { device, cost }: { device: string; cost: number },
  now: number,
): Promise<Grant> {
  const row = await find(directory, login)
  await requirePassword(login.password, row?.passwordHash ?? null, cost)
  if (!row?.passwordHash) throw wrongPassword()
  const grant = sessions.newGrant(row.id, now)
  const passwordHash = await rehashIfWeak(directory, row.id, login.password, row.passwordHash, cost)
  const [, [opened]] = await directory.batch([
    sessions.deleteExpired(directory, row.id, now),
    sessions.open(directory, grant, device, passwordHash),
  ])
  // The hash changed between the check and now (another log-in strengthened it): check the new one.
  return opened ? grant : logIn(directory, login, { device, cost }, now)
}

/** Throws `wrong_password`, after the same work whether or not there is a hash. */
export async function requirePassword(
  password: string,
  passwordHash: string | null,
  cost: number,
): Promise<void> {
  if (!(await passwords.verify(password, passwordHash ?? passwords.dummyHash(cost))))
    throw wrongPassword()
}

// Only now is the password known, so only now can a hash made with less work be made anew.
async function rehashIfWeak(
  directory: Directory,
  userId: string,
  password: string,
  current: string,
  cost: number,
): Promise<string> {
  if (!passwords.needsRehash(current, cost)) return current
  const passwordHash = await passwords.hash(password, cost)
  const unchanged = and(eq(users.id, userId), eq(users.passwordHash, current))
  await directory.update(users).set({ passwordHash }).where(unchanged)
  return passwordHash
}

const find = (directory: Directory, { username, email }: NewSession) =>
  directory
    .select({ id: users.id, passwordHash: users.passwordHash })
    .from(users)
    .where(email === undefined ? eq(users.username, username ?? '') : eq(users.email, email))
    .get()

const wrongPassword = () => new ApiError('wrong_password', 'The name or the password is wrong.')
