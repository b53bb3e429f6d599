import { and, eq, exists, isNotNull, isNull, lte, type SQL, sql } from 'drizzle-orm'
import { ApiError } from '../errors'
import { FOLDING } from '../folding'
import type { Erasure } from '../schemas/users'
import type { Directory } from './database'
import * as emailLinks from './email-links'
import * as identities from './identities'
import * as passkeys from './passkeys'
import * as personalExports from './personal-exports'
import { reservedUsernames, sessions, users } from './schema'
import * as siteRoles from './site-roles'
import * as edges from './social-edges'
import * as totp from './totp'
import * as usernames from './usernames'

/**
 * Deletes an account and, with `erase`, all its messages, and ends its sessions, whose ids it returns. Deleting again is
 * harmless, and `erase` after `keep` still erases. Throws `last_admin`, or `unauthenticated` if there never was such an account.
 */
export async function apply(
  directory: Directory,
  userId: string,
  messages: Erasure,
  now: number,
): Promise<{ ended: string[] }> {
  const deleted = await applyWhere(directory, userId, messages, { now, condition: undefined })
  if (!deleted) throw new ApiError('unauthenticated', 'This account does not exist.')
  return deleted
}

/** Deletes a hidden account whose time is over. False where a log-in took it back meanwhile. */
export async function applyDue(
  directory: Directory,
  { id, erased }: { id: string; erased: boolean },
  now: number,
): Promise<boolean> {
  const condition = lte(users.deletionDueAt, now)
  const messages = erased ? 'erase' : 'keep'
  return (await applyWhere(directory, id, messages, { now, condition })) !== undefined
}

async function applyWhere(
  directory: Directory,
  userId: string,
  messages: Erasure,
  { now, condition }: { now: number; condition: SQL | undefined },
): Promise<{ ended: string[] } | undefined> {
  const self = and(eq(users.id, userId), condition)
  const row = await directory.select({ username: users.username }).from(users).where(self).get()
  if (!row) return undefined
  if (row.username === null) {
    if (messages === 'erase') await eraseMessages(directory, userId)
    return { ended: [] }
  }
  const unchanged = sql`${self} and ${users.username} = ${row.username} and ${siteRoles.isNotLastAdmin(directory)}`
  const [, [cleared], ended] = await directory.batch([
    reserveUsername(directory, row.username, unchanged),
    clearAccount(directory, messages, now).where(unchanged).returning({ id: users.id }),
    directory
      .delete(sessions)
      .where(and(eq(sessions.userId, userId), exists(deletedAccount(directory, userId))))
      .returning({ id: sessions.id }),
    emailLinks.forget(directory, userId, exists(deletedAccount(directory, userId))),
    identities.forget(directory, userId, exists(deletedAccount(directory, userId))),
    passkeys.forget(directory, userId, exists(deletedAccount(directory, userId))),
    ...totp.forget(directory, userId, exists(deletedAccount(directory, userId))),
    personalExports.forget(directory, userId, exists(deletedAccount(directory, userId))),
    edges.purgeSlice(directory, userId, exists(deletedAccount(directory, userId))),
  ])
  if (cleared) return { ended: ended.map(({ id }) => id) }
  if (await siteRoles.isLastAdmin(directory, userId)) throw siteRoles.lastAdminProblem()
  // The account was renamed or deleted after it was read. Try again with its current row.
  return applyWhere(directory, userId, messages, { now, condition })
}

async function eraseMessages(directory: Directory, userId: string): Promise<void> {
  await directory
    .update(users)
    .set({ erased: true, profileVersion: nextVersion })
    .where(and(eq(users.id, userId), eq(users.erased, false)))
}

// Runs before `clearAccount`, because the condition names the username that it clears.
const reserveUsername = (directory: Directory, username: string, unchanged: SQL) =>
  directory
    .insert(reservedUsernames)
    .select(sql`select ${usernames.hash(username)} from ${users} where ${unchanged}`)

const clearAccount = (directory: Directory, messages: Erasure, now: number) =>
  directory.update(users).set(clearedAccount(messages, now))

/** What is left of the row of a deleted account. */
export const clearedAccount = (messages: Erasure, now: number) => ({
  username: null,
  displayName: '',
  foldedName: '',
  foldVersion: FOLDING,
  bio: null,
  metadata: null,
  avatar: null,
  email: null,
  emailClaimedAt: null,
  emailVerifiedAt: null,
  usernameSkeleton: null,
  passwordHash: null,
  role: 'user' as const,
  suspendedUntil: null,
  suspensionReason: null,
  doNotDisturbUntil: null,
  deletedAt: now,
  deletionDueAt: null,
  erased: messages === 'erase',
  profileVersion: nextVersion,
  dmAccessVersion: sql`${users.dmAccessVersion} + 1`,
})

const deletedAccount = (directory: Directory, userId: string) =>
  directory
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.id, userId), isNotNull(users.deletedAt), isNull(users.deletionDueAt)))

const nextVersion = sql`${users.profileVersion} + 1`
