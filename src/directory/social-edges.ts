import { and, desc, eq, or, type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import { z } from 'zod'
import { decode, encode } from '../schemas/cursor'
import type { Page, PageQuery } from '../schemas/pages'
import type { User } from '../schemas/users'
import type { Directory } from './database'
import { ties, users } from './schema'
import { columns, toUser } from './users'

export type Kind = (typeof ties.$inferSelect)['kind']

/** Who changes something, and towards whom. */
export interface Pair {
  userId: string
  otherId: string
}

type Ref = SQLWrapper | string

const Place = z.tuple([z.number(), z.string()])

/** How many ties of a deleted account go at once; the people queue takes the rest. */
const SLICE = 10_000

/** A condition: there is such a tie, be it hidden or not. By the primary key. */
export const tied = (from: Ref, kind: Kind, to: Ref, more?: SQL): SQL => {
  const found = and(keyed(from, kind, to), more)
  return sql`exists (select 1 from ${ties} where ${found})`
}

/** A condition: there is such a tie, and whom it points to may know. */
export const shown = (from: Ref, kind: Kind, to: Ref): SQL =>
  tied(from, kind, to, eq(ties.hidden, false))

/** A condition: one has fewer than `cap` ties of a kind. */
export const below = (cap: number, from: string, kind: Kind): SQL =>
  sql`(select count(*) from ${ties} where ${ties.fromId} = ${from} and ${ties.kind} = ${kind}) < ${cap}`

/** The statement that makes a tie, hidden from someone who blocks; one that is there keeps its place. */
export const tie = (
  directory: Directory,
  { userId, otherId }: Pair,
  kind: Kind,
  now: number,
  condition: SQL | undefined,
) =>
  directory
    .insert(ties)
    .select(
      sql`select ${userId}, ${kind}, ${otherId}, ${now}, ${tied(otherId, 'block', userId)} where ${condition}`,
    )
    .onConflictDoUpdate({
      target: [ties.fromId, ties.kind, ties.toId],
      set: { hidden: sql`excluded.hidden` },
    })

/** The statement that ends whatever of these there is. */
export const untie = (directory: Directory, ...conditions: (SQL | undefined)[]) =>
  directory.delete(ties).where(or(...conditions))

/** A condition on ties themselves: from one to the other, of a kind. */
export const keyed = (from: Ref, kind: Kind, to: Ref) =>
  sql`${ties.fromId} = ${from} and ${ties.kind} = ${kind} and ${ties.toId} = ${to}`

/** Those whom a user is tied to (`out`), or who are tied to them as far as they may know (`in`), latest first. */
export async function list(
  directory: Directory,
  userId: string,
  query: TiesQuery,
): Promise<Page<User>> {
  const rows = await select(directory, userId, query)
  const page = rows.slice(0, query.limit)
  const last = rows.length > query.limit ? page.at(-1) : undefined
  return {
    items: page.map(({ user }) => toUser(user)),
    nextCursor: last ? encode([last.at, last.user.id]) : null,
  }
}

export interface TiesQuery extends PageQuery {
  kind: Kind
  direction: 'in' | 'out'
}

/** The statement of `list`: one row more than a page. */
export function select(directory: Directory, userId: string, query: TiesQuery) {
  const { kind, direction, limit, cursor } = query
  const other = direction === 'out' ? ties.toId : ties.fromId
  const side =
    direction === 'out'
      ? eq(ties.fromId, userId)
      : and(eq(ties.toId, userId), eq(ties.hidden, false))
  const [at, id] = cursor ? decode(cursor, Place) : []
  const rest = cursor ? sql`(${ties.at}, ${other}) < (${at}, ${id})` : undefined
  return directory
    .select({ user: columns, at: ties.at })
    .from(ties)
    .innerJoin(users, eq(users.id, other))
    .where(and(side, eq(ties.kind, kind), rest))
    .orderBy(desc(ties.at), desc(other))
    .limit(limit + 1)
}

/** The statement that takes a slice of all ties of a user, from them and to them. */
export const purge = (directory: Directory, userId: string, condition?: SQL) =>
  directory
    .delete(ties)
    .where(
      and(
        sql`rowid in (
          select rowid from ${ties} where ${ties.fromId} = ${userId} union all
          select rowid from ${ties} where ${ties.toId} = ${userId} limit ${SLICE})`,
        condition,
      ),
    )
    .returning({ kind: ties.kind })
