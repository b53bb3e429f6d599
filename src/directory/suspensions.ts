import { and, eq, inArray, isNull, lte, or, sql } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { ApiError } from '../errors'
import { iso } from '../schemas/primitives'
import type { NewSuspension, SiteRole, Suspension } from '../schemas/users'
import type { Directory } from './database'
import { users } from './schema'
import * as siteRoles from './site-roles'

/** Throws `invalid` unless it ends in the future, `forbidden` unless `by` is of a higher site role. */
export async function impose(
  directory: Directory,
  by: SiteRole,
  userId: string,
  { until, reason }: NewSuspension,
  now: number,
): Promise<Suspension> {
  const end = Date.parse(until)
  if (end <= now) {
    const errors = [{ path: 'until', message: 'must be in the future' }]
    throw new ApiError('invalid', 'until: must be in the future', { errors })
  }
  await set(directory, by, userId, end, reason ?? null)
  return { userId, until: iso(end), reason: reason ?? null }
}

export const lift = (directory: Directory, by: SiteRole, userId: string): Promise<void> =>
  set(directory, by, userId, null, null)

/** A condition: the account is not suspended. */
export const isNotSuspended = (now: number, user: { suspendedUntil: SQLiteColumn } = users) =>
  or(isNull(user.suspendedUntil), lte(user.suspendedUntil, now))

/** Throws `suspended` while it lasts. */
export function assertNotSuspended(
  row: { suspendedUntil: number | null; suspensionReason: string | null },
  now: number,
): void {
  if (row.suspendedUntil === null || row.suspendedUntil <= now) return
  const why = row.suspensionReason === null ? '' : ` The reason: ${row.suspensionReason}`
  throw new ApiError('suspended', `Until ${iso(row.suspendedUntil)} you may only read.${why}`)
}

async function set(
  directory: Directory,
  by: SiteRole,
  userId: string,
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
        isNull(users.deletedAt),
        inArray(users.role, siteRoles.rolesBelow(by)),
      ),
    )
    .returning({ id: users.id })
    .get()
  if (changed) return
  await siteRoles.requireUser(directory, userId)
  throw new ApiError('forbidden', 'Only someone of a higher site role may do this.')
}
