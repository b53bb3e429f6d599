import { and, eq, inArray, isNull, lte, or, sql } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { ApiError } from '../errors'
import { iso } from '../schemas/primitives'
import type { NewSuspension, SiteRole, Suspension } from '../schemas/users'
import type { Directory } from './database'
import { canLogIn, users } from './schema'
import * as siteRoles from './site-roles'

/** Suspends a user. Throws `forbidden` unless `by` is a higher site role than the user's. */
export async function impose(
  directory: Directory,
  { by, userId }: { by: SiteRole; userId: string },
  { until, reason }: NewSuspension,
): Promise<Suspension> {
  const end = Date.parse(until)
  await set(directory, { by, userId }, end, reason ?? null)
  return { userId, until: iso(end), reason: reason ?? null }
}

/** Ends a suspension early. Throws `forbidden` unless `by` is a higher site role than the user's. */
export const lift = (directory: Directory, by: SiteRole, userId: string): Promise<void> =>
  set(directory, { by, userId }, null, null)

/** SQL condition: the account is not suspended. */
export const isNotSuspended = (now: number, user: { suspendedUntil: SQLiteColumn } = users) =>
  or(isNull(user.suspendedUntil), lte(user.suspendedUntil, now))

/** Throws `suspended` while the account is suspended. */
export function assertNotSuspended(
  row: { suspendedUntil: number | null; suspensionReason: string | null },
  now: number,
): void {
  if (row.suspendedUntil === null || row.suspendedUntil <= now) return
  const why = row.suspensionReason === null ? '' : ` Reason: ${row.suspensionReason}`
  throw new ApiError(
    'suspended',
    `Your account is suspended until ${iso(row.suspendedUntil)}. You can still read.${why}`,
  )
}

async function set(
  directory: Directory,
  { by, userId }: { by: SiteRole; userId: string },
  until: number | null,
  reason: string | null,
): Promise<void> {
  const changed = await directory
    .update(users)
    .set({
      suspendedUntil: until,
      suspensionReason: reason,
      profileVersion: sql`${users.profileVersion} + (${users.suspendedUntil} is not ${until})`,
    })
    .where(
      and(
        eq(users.id, userId),
        // A log-in would take a hidden account back as it was.
        canLogIn(users),
        inArray(users.role, siteRoles.rolesBelow(by)),
      ),
    )
    .returning({ id: users.id })
    .get()
  if (changed) return
  await siteRoles.requireUser(directory, userId)
  throw siteRoles.roleTooHigh()
}
