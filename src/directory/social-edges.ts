import { and, desc, eq, isNull, or, type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { User } from '../schemas/users'
import type { Directory } from './database'
import { socialEdges, users } from './schema'
import { columns, toUser } from './users'

export type EdgeKind = (typeof socialEdges.$inferSelect)['kind']

/** The user who acts, and the other user. */
export interface UserPair {
  userId: string
  otherId: string
}

/** A user's id, or the column that holds it. */
type UserRef = SQLWrapper | string

/** When the last edge of a page was made, and the user at its other end. */
export const SortKey = z.tuple([z.number(), z.string()])
export type SortKey = z.infer<typeof SortKey>

/** How many edges of a deleted account one statement deletes. The profile fanout deletes the rest. */
const SLICE = 10_000

/** SQL condition: the edge exists, hidden or not. Uses the primary key. */
export const hasEdge = (from: UserRef, kind: EdgeKind, to: UserRef, more?: SQL): SQL => {
  const found = and(edgeKey(from, kind, to), more)
  return sql`exists (select 1 from ${socialEdges} where ${found})`
}

/** SQL condition: the edge exists, and the user it points to may know. */
export const hasVisibleEdge = (from: UserRef, kind: EdgeKind, to: UserRef): SQL =>
  hasEdge(from, kind, to, eq(socialEdges.hidden, false))

/** SQL condition: a user has fewer than `max` outgoing edges of a kind. */
export const hasFewerEdges = (max: number, from: string, kind: EdgeKind): SQL =>
  sql`(select count(*) from ${socialEdges} where ${socialEdges.fromId} = ${from} and ${socialEdges.kind} = ${kind}) < ${max}`

interface NewEdge {
  kind: EdgeKind
  /** Milliseconds since the epoch. */
  now: number
  /** The edge is added only where this holds. */
  condition: SQL | undefined
}

/**
 * The statement that adds an edge. It is hidden when the other user blocks the one who acts. An edge that
 * exists keeps its time, and so its place in lists.
 */
export const addEdge = (
  directory: Directory,
  { userId, otherId }: UserPair,
  { kind, now, condition }: NewEdge,
) =>
  directory
    .insert(socialEdges)
    .select(
      sql`select ${userId}, ${kind}, ${otherId}, ${now}, ${hasEdge(otherId, 'block', userId)} where ${condition}`,
    )
    .onConflictDoUpdate({
      target: [socialEdges.fromId, socialEdges.kind, socialEdges.toId],
      set: { hidden: sql`excluded.hidden` },
    })

/** The statement that deletes every edge that matches one of the conditions. */
export const removeEdges = (directory: Directory, ...conditions: (SQL | undefined)[]) =>
  directory.delete(socialEdges).where(or(...conditions))

/** SQL condition on a row of `socialEdges`: its whole primary key. */
export const edgeKey = (from: UserRef, kind: EdgeKind, to: UserRef) =>
  sql`${socialEdges.fromId} = ${from} and ${socialEdges.kind} = ${kind} and ${socialEdges.toId} = ${to}`

/** The users at the other end of a user's outgoing (`out`) or visible incoming (`in`) edges, latest first. */
export async function list(
  directory: Directory,
  userId: string,
  query: EdgesQuery,
): Promise<{ items: User[]; next: SortKey | null }> {
  const rows = await selectPage(directory, userId, query)
  const page = rows.slice(0, query.limit)
  const last = rows.length > query.limit ? page.at(-1) : undefined
  return {
    items: page.map(({ user }) => toUser(user)),
    next: last ? [last.at, last.user.id] : null,
  }
}

export interface EdgesQuery {
  kind: EdgeKind
  direction: 'in' | 'out'
  limit: number
  after: SortKey | null
}

/** The statement of `list`. It selects one row more than the page, to show whether another page follows. */
export function selectPage(directory: Directory, userId: string, query: EdgesQuery) {
  const { kind, direction, limit, after } = query
  const other = direction === 'out' ? socialEdges.toId : socialEdges.fromId
  const side =
    direction === 'out'
      ? eq(socialEdges.fromId, userId)
      : and(eq(socialEdges.toId, userId), eq(socialEdges.hidden, false))
  const rest = after ? sql`(${socialEdges.at}, ${other}) < (${after[0]}, ${after[1]})` : undefined
  return directory
    .select({ user: columns, at: socialEdges.at })
    .from(socialEdges)
    .innerJoin(users, eq(users.id, other))
    .where(and(side, eq(socialEdges.kind, kind), isNull(users.deletedAt), rest))
    .orderBy(desc(socialEdges.at), desc(other))
    .limit(limit + 1)
}

/** The statement that deletes up to `SLICE` edges of a user, in either direction. Returns a row for each. */
export const purgeSlice = (directory: Directory, userId: string, condition?: SQL) =>
  directory
    .delete(socialEdges)
    .where(
      and(
        sql`rowid in (
          select rowid from ${socialEdges} where ${socialEdges.fromId} = ${userId} union all
          select rowid from ${socialEdges} where ${socialEdges.toId} = ${userId} limit ${SLICE})`,
        condition,
      ),
    )
    .returning({ kind: socialEdges.kind })
