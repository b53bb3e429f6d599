import { and, eq, exists } from 'drizzle-orm'
import { requireUncommon } from '../auth/password-policy'
import * as passwords from '../auth/passwords'
import { hashToken } from '../auth/tokens'
import type { Directory } from './database'
import * as emailLinks from './email-links'
import { sessions, users } from './schema'

/** A link to reset a password that is good. */
export interface GoodLink {
  hash: string
  userId: string
  names: (string | null)[]
}

/** Throws `gone` for a link that is not good, or not any more. */
export async function requireLink(
  directory: Directory,
  token: string,
  now: number,
): Promise<GoodLink> {
  const hash = await hashToken(token)
  const row = await directory
    .select({
      userId: users.id,
      username: users.username,
      displayName: users.displayName,
      email: users.email,
    })
    .from(users)
    .where(emailLinks.isGood(directory, 'reset', hash, now))
    .get()
  if (!row) throw emailLinks.linkGone()
  return { hash, userId: row.userId, names: [row.username, row.displayName, row.email] }
}

/** The hash of a new password. `cost` is log2 of scrypt's N. Throws `invalid` for a common one. */
export async function hashNew(password: string, link: GoodLink, cost: number): Promise<string> {
  await requireUncommon(password, link.names)
  return passwords.hash(password, cost)
}

/** Sets a new password, uses the link up, and ends every session, whose ids it returns. Throws `gone`. */
export async function apply(
  directory: Directory,
  { hash, userId }: GoodLink,
  passwordHash: string,
  now: number,
): Promise<{ value: null; ended: string[] }> {
  const isSelf = eq(users.id, userId)
  const changed = directory
    .select({ id: users.id })
    .from(users)
    .where(and(isSelf, eq(users.passwordHash, passwordHash)))
  const [[row], ended] = await directory.batch([
    directory
      .update(users)
      .set({ passwordHash, failedLogins: 0 })
      .where(and(isSelf, emailLinks.isGood(directory, 'reset', hash, now)))
      .returning({ id: users.id }),
    directory
      .delete(sessions)
      .where(and(eq(sessions.userId, userId), exists(changed)))
      .returning({ id: sessions.id }),
    emailLinks.use(directory, userId, hash),
  ])
  if (!row) throw emailLinks.linkGone()
  return { value: null, ended: ended.map(({ id }) => id) }
}
