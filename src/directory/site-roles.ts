import {
  and,
  count,
  eq,
  exists,
  inArray,
  isNotNull,
  isNull,
  not,
  notExists,
  or,
  sql,
} from 'drizzle-orm'
import { APP_ISSUER } from '../auth/identity-issuers'
import { ApiError } from '../errors'
import { SiteRole } from '../schemas/users'
import type { Directory } from './database'
import { canLogIn, identities, users } from './schema'

const ranks: readonly SiteRole[] = SiteRole.options

/** The site roles lower than this one. */
export const rolesBelow = (role: SiteRole): SiteRole[] => ranks.slice(0, ranks.indexOf(role))

/** Whether a role is `needed` or a higher one. */
export const isAtLeast = (role: SiteRole, needed: SiteRole): boolean =>
  ranks.indexOf(role) >= ranks.indexOf(needed)

/**
 * Changes a user's site role. A hidden account, which would come back with its role, is demoted but never promoted. Throws
 * `last_admin` if the site would have no admin, `conflict` for a guest and for a user of app keys, who could act by it,
 * `not_found` for no user.
 */
export async function set(directory: Directory, userId: string, role: SiteRole): Promise<void> {
  const found = and(eq(users.id, userId), isNull(users.deletedAt))
  const demoted = and(
    eq(users.id, userId),
    canLogIn(users),
    inArray(users.role, ranks.slice(ranks.indexOf(role))),
  )
  const settable = and(
    or(found, demoted),
    isNull(users.guestUntil),
    notExists(byAppKeys(directory, userId)),
  )
  const allowed = role === 'admin' ? settable : and(settable, isNotLastAdmin(directory))
  const update = directory.update(users).set({ role }).where(allowed)
  if (await update.returning({ id: users.id }).get()) return
  await requireUser(directory, userId)
  const excluded = and(found, or(isNotNull(users.guestUntil), exists(byAppKeys(directory, userId))))
  if (await directory.select({ id: users.id }).from(users).where(excluded).get()) {
    throw new ApiError('conflict', 'A guest, and a user of an app key, has no role on the site.')
  }
  throw lastAdminProblem()
}

const byAppKeys = (directory: Directory, userId: string) =>
  directory
    .select({ id: identities.userId })
    .from(identities)
    .where(and(eq(identities.userId, userId), eq(identities.issuer, APP_ISSUER)))

/** SQL condition: the user is not an admin, or there is another one. Who is hidden is none. */
export const isNotLastAdmin = (directory: Directory) => {
  const admins = directory
    .select({ n: count() })
    .from(users)
    .where(and(eq(users.role, 'admin'), isNull(users.deletedAt)))
  return sql`(${users.role} <> 'admin' or ${users.deletedAt} is not null or ${admins} > 1)`
}

export async function isLastAdmin(directory: Directory, userId: string): Promise<boolean> {
  const found = and(eq(users.id, userId), not(isNotLastAdmin(directory)))
  return (await directory.select({ id: users.id }).from(users).where(found).get()) !== undefined
}

export const lastAdminProblem = () =>
  new ApiError(
    'last_admin',
    'This is the last admin of the site. Make someone else an admin first.',
  )

export const roleTooHigh = () =>
  new ApiError('forbidden', 'Only someone with a higher site role than this user may do this.')

/** Throws `not_found`, and `forbidden` unless the user has a lower site role than `by`. */
export async function requireLower(
  directory: Directory,
  { by, userId }: { by: SiteRole; userId: string },
): Promise<void> {
  const found = and(eq(users.id, userId), isNull(users.deletedAt))
  const row = await directory.select({ role: users.role }).from(users).where(found).get()
  if (!row) throw new ApiError('not_found', 'There is no such user.')
  if (!rolesBelow(by).includes(row.role)) throw roleTooHigh()
}

/** Throws `not_found` unless the user exists and is not deleted. */
export async function requireUser(directory: Directory, userId: string): Promise<void> {
  const found = and(eq(users.id, userId), isNull(users.deletedAt))
  const row = await directory.select({ id: users.id }).from(users).where(found).get()
  if (!row) throw new ApiError('not_found', 'There is no such user.')
}
