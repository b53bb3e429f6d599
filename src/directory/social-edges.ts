import { and, desc, eq, or, type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import { z } from 'zod'
import { decodeCursor, encodeCursor } from '../schemas/cursor'
import type { Page, PageQuery } from '../schemas/pages'
import type { User } from '../schemas/users'
import type { Directory } from './database'
import { socialEdges, users } from './schema'
import { columns, toUser } from './users'

export type EdgeKind = (typeof socialEdges.$inferSelect)['kind']

/** Who changes something, and towards whom. */
export interface UserPair {
  userId: string
  otherId: string
}

type UserRef = SQLWrapper | string

const Cursor = z.tuple([z.number(), z.string()])

/** How many ties of a deleted account go at once; the people queue takes the rest. */
const SLICE = 10_000

/** A condition: there is such a tie, be it hidden or not. By the primary key. */
export const hasEdge = (from: UserRef, kind: EdgeKind, to: UserRef, more?: SQL): SQL => {
  const found = and(edgeKey(from, kind, to), more)
  return sql`exists (select 1 from ${socialEdges} where ${found})`
}

/** A condition: there is such a tie, and whom it points to may know. */
export const hasVisibleEdge = (from: UserRef, kind: EdgeKind, to: UserRef): SQL =>
  hasEdge(from, kind, to, eq(socialEdges.hidden, false))

/** A condition: one has fewer than `cap` ties of a kind. */
export const hasFewerEdges = (cap: number, from: string, kind: EdgeKind): SQL =>
  sql`(select count(*) from ${socialEdges} where ${socialEdges.fromId} = ${from} and ${socialEdges.kind} = ${kind}) < ${cap}`

/** The statement that makes a tie, hidden from someone who blocks; one that is there keeps its place. */
export const addEdge = (
  directory: Directory,
  { userId, otherId }: UserPair,
  kind: EdgeKind,
  now: number,
  condition: SQL | undefined,
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

/** The statement that ends whatever of these there is. */
export const removeEdges = (directory: Directory, ...conditions: (SQL | undefined)[]) =>
  directory.delete(socialEdges).where(or(...conditions))

/** A condition on ties themselves: from one to the other, of a kind. */
export const edgeKey = (from: UserRef, kind: EdgeKind, to: UserRef) =>
  sql`${socialEdges.fromId} = ${from} and ${socialEdges.kind} = ${kind} and ${socialEdges.toId} = ${to}`

/** Those whom a user is tied to (`out`), or who are tied to them as far as they may know (`in`), latest first. */
export async function list(
  directory: Directory,
  userId: string,
  query: EdgesQuery,
): Promise<Page<User>> {
  const rows = await selectPage(directory, userId, query)
  const page = rows.slice(0, query.limit)
  const last = rows.length > query.limit ? page.at(-1) : undefined
  return {
    items: page.map(({ user }) => toUser(user)),
    nextCursor: last ? encodeCursor([last.at, last.user.id]) : null,
  }
}

export interface EdgesQuery extends PageQuery {
  kind: EdgeKind
  direction: 'in' | 'out'
}

/** The statement of `list`: one row more than a page. */
export function selectPage(directory: Directory, userId: string, query: EdgesQuery) {
  const { kind, direction, limit, cursor } = query
  const other = direction === 'out' ? socialEdges.toId : socialEdges.fromId
  const side =
    direction === 'out'
      ? eq(socialEdges.fromId, userId)
      : and(eq(socialEdges.toId, userId), eq(socialEdges.hidden, false))
  const [at, id] = cursor ? decodeCursor(cursor, Cursor) : []
  const rest = cursor ? sql`(${socialEdges.at}, ${other}) < (${at}, ${id})` : undefined
  return directory
    .select({ user: columns, at: socialEdges.at })
    .from(socialEdges)
    .innerJoin(users, eq(users.id, other))
    .where(and(side, eq(socialEdges.kind, kind), rest))
    .orderBy(desc(socialEdges.at), desc(other))
    .limit(limit + 1)
}

/** The statement that takes a slice of all ties of a user, from them and to them. */
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
