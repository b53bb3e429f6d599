import { and, eq, inArray, ne, type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import { alias, type SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { type Directory, idsIn } from './database'
import { users } from './schema'
import { hasEdge, hasVisibleEdge } from './social-edges'
import * as suspensions from './suspensions'

/** Which of two users may write to the other. Their direct room keeps a copy. */
export interface DmAccess {
  /** Grows with every change. The copy with the greater version is the current one. */
  version: number
  /** The ids of those who may write. Suspensions are left out: they expire without a change, and rooms keep them. */
  writers: string[]
}

export const me = alias(users, 'me')
export const them = alias(users, 'them')

type UserAlias = typeof me | typeof them

/** SQL condition: the `policy` of `to` admits `from`. Nothing else decides who may message or add whom. */
export function policyAllows(policy: SQLiteColumn | SQL, from: UserAlias, to: UserAlias): SQL {
  const friends = hasEdge(from.id, 'friend', to.id)
  const mutual = sql`(${hasVisibleEdge(from.id, 'follow', to.id)} and ${hasVisibleEdge(to.id, 'follow', from.id)})`
  const isBlocked = sql`(${hasEdge(from.id, 'block', to.id)} or ${hasEdge(to.id, 'block', from.id)})`
  // Guests are nobody's to message or add, and message and add nobody.
  const isGuest = sql`coalesce(${from.guestUntil}, ${to.guestUntil}) is not null`
  return sql`(${from.deletedAt} is null and ${to.deletedAt} is null and not ${isGuest} and not ${isBlocked} and case ${policy}
    when 'everyone' then 1
    when 'friends' then ${friends}
    when 'mutuals' then ${mutual}
    when 'connections' then ${friends} or ${mutual}
    else 0 end)`
}

/** SQL condition: `from` may message `to`. It ignores suspensions. */
export const mayMessage = (from: UserAlias, to: UserAlias): SQL =>
  policyAllows(to.messagePolicy, from, to)

/** The `DmAccess` of a user and each other user who exists, by the other's id. Read in one statement. */
export async function read(
  directory: Directory,
  userId: string,
  otherIds: string[],
): Promise<Map<string, DmAccess>> {
  const rows = await directory
    .select({
      id: them.id,
      version: sql<number>`${me.dmAccessVersion} + ${them.dmAccessVersion}`,
      mine: sql`${mayMessage(me, them)}`.mapWith(Boolean),
      theirs: sql`${mayMessage(them, me)}`.mapWith(Boolean),
    })
    .from(them)
    .innerJoin(me, eq(me.id, userId))
    .where(isAnotherOf(otherIds))
  return new Map(
    rows.map(({ id, version, mine, theirs }) => {
      const writers = [...(mine ? [userId] : []), ...(theirs ? [id] : [])]
      return [id, { version, writers }]
    }),
  )
}

/** The ids of those other users whom a user may add to a group now. */
export async function filterAddable(
  directory: Directory,
  userId: string,
  otherIds: string[],
  now: number,
): Promise<string[]> {
  const rows = await directory
    .select({ id: them.id })
    .from(them)
    .innerJoin(me, eq(me.id, userId))
    .where(
      and(
        isAnotherOf(otherIds),
        suspensions.isNotSuspended(now, me),
        policyAllows(them.addPolicy, me, them),
      ),
    )
  return rows.map(({ id }) => id)
}

/** SQL condition: `them` is one of these users, or of those that a statement finds, and not `me`. */
export const isAnotherOf = (ids: string[] | SQLWrapper) =>
  and(ne(them.id, me.id), inArray(them.id, Array.isArray(ids) ? idsIn(ids) : ids))
