import { and, eq, isNull, type SQLWrapper, sql } from 'drizzle-orm'
import type { Relation } from '../schemas/relations'
import type { User } from '../schemas/users'
import type { Directory } from './database'
import { isAnotherOf, mayMessage, me, them } from './dm-access'
import * as edges from './social-edges'
import { hasEdge, hasVisibleEdge, type UserPair } from './social-edges'
import * as suspensions from './suspensions'
import * as users from './users'

/** The other user with their relation to the one who asks. Both may be the same. Throws `not_found`. */
export async function find(
  directory: Directory,
  { userId, otherId }: UserPair,
  now: number,
): Promise<User> {
  const user = await users.find(directory, otherId)
  return (await withRelations(directory, userId, [user], now))[0] ?? user
}

/** A page of the users at the other end of a user's social edges, each with their relation. */
export async function list(
  directory: Directory,
  userId: string,
  query: edges.EdgesQuery,
  now: number,
): ReturnType<typeof edges.list> {
  const { items, next } = await edges.list(directory, userId, query)
  return { items: await withRelations(directory, userId, items, now), next }
}

/** The users with the relation of `userId` to each. */
export async function withRelations(
  directory: Directory,
  userId: string,
  found: User[],
  now: number,
): Promise<User[]> {
  const ids = found.map(({ id }) => id)
  return attach(found, await select(directory, userId, ids, now))
}

/** The users with the relations that `select` found. */
export function attach(found: User[], rows: Row[]): User[] {
  const relations = new Map(rows.map((row) => [row.id, toRelation(row)]))
  return found.map((user) => {
    const relation = relations.get(user.id)
    return relation ? { ...user, relation } : user
  })
}

/** The relation of a user to each other user, by the other's id. Deleted users and the user themselves have none. */
export async function read(
  directory: Directory,
  userId: string,
  ids: string[],
  now: number,
): Promise<Map<string, Relation>> {
  const rows = await select(directory, userId, ids, now)
  return new Map(rows.map((row) => [row.id, toRelation(row)]))
}

/** The statement of `read`; the ids may be those that another statement finds. */
export const select = (
  directory: Directory,
  userId: string,
  ids: string[] | SQLWrapper,
  now: number,
) =>
  directory
    .select({
      id: them.id,
      friend: flag(hasEdge(me.id, 'friend', them.id)),
      requested: flag(hasEdge(me.id, 'request', them.id)),
      requestedByOther: flag(hasVisibleEdge(them.id, 'request', me.id)),
      following: flag(hasEdge(me.id, 'follow', them.id)),
      followedBy: flag(hasVisibleEdge(them.id, 'follow', me.id)),
      blocked: flag(hasEdge(me.id, 'block', them.id)),
      canMessage: flag(sql`(${mayMessage(me, them)} and ${suspensions.isNotSuspended(now, me)})`),
    })
    .from(them)
    .innerJoin(me, eq(me.id, userId))
    .where(and(isAnotherOf(ids), isNull(them.deletedAt)))

const flag = (condition: ReturnType<typeof sql>) => sql`${condition}`.mapWith(Boolean)

type Row = Awaited<ReturnType<typeof select>>[number]

const toRelation = (row: Row): Relation => ({
  friend: row.friend,
  request: row.requested ? 'out' : row.requestedByOther ? 'in' : 'none',
  following: row.following,
  followedBy: row.followedBy,
  blocked: row.blocked,
  canMessage: row.canMessage,
})
