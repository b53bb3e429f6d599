import { and, asc, eq, gt, gte, isNull, lt, not, notBetween, or, type SQL, sql } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { z } from 'zod'
import { DEFAULT_APP } from '../auth/tokens'
import { ApiError } from '../errors'
import { fold } from '../folding'
import { fromStored } from '../schemas/metadata'
import { avatarUrl, iso } from '../schemas/primitives'
import { goneName, type User } from '../schemas/users'
import { type Directory, idsIn } from './database'
import { foundByDisplayName, nameWords, users } from './schema'

/** The name and the id of the last user on a page. */
export const SortKey = z.tuple([z.string(), z.string()])
type SortKey = z.infer<typeof SortKey>

/** The columns of a public profile. */
export const columns = {
  id: users.id,
  username: users.username,
  displayName: users.displayName,
  avatar: users.avatar,
  bio: users.bio,
  role: users.role,
  createdAt: users.createdAt,
  metadata: users.metadata,
  deletedAt: users.deletedAt,
  guestUntil: users.guestUntil,
}

/** Throws `not_found`. A deleted user is found, under a placeholder name. */
export async function find(directory: Directory, id: string): Promise<User> {
  const row = await directory.select(columns).from(users).where(eq(users.id, id)).get()
  if (!row) throw new ApiError('not_found', 'There is no such user.')
  return toUser(row)
}

/** The users with these ids, those that exist. */
export async function findMany(directory: Directory, ids: string[]): Promise<User[]> {
  const listed = idsIn(ids)
  return (await directory.select(columns).from(users).where(sql`${users.id} in ${listed}`)).map(
    toUser,
  )
}

/** Finds a user by username in any case. Throws `not_found`. */
export async function findByName(directory: Directory, username: string): Promise<User> {
  const named = and(
    eq(users.appId, DEFAULT_APP),
    eq(users.username, username.toLowerCase()),
    isNull(users.deletedAt),
  )
  const row = await directory.select(columns).from(users).where(named).get()
  if (!row) throw new ApiError('not_found', 'There is no user with this name.')
  return toUser(row)
}

/** What a search of people asks for. */
export interface SearchInput {
  search: string
  limit: number
}

/**
 * A page of the users whose username, or display name from any of its words on, starts with the search, ordered by what
 * matched.
 */
export async function search(
  directory: Directory,
  query: SearchInput,
  after: SortKey | null,
): Promise<{ items: User[]; next: SortKey | null }> {
  const found = (await directory.batch(searchStatements(directory, query, after))).flat()
  const sorted = found.sort((a, b) => order(a.match, b.match) || order(a.row.id, b.row.id))
  const shown = sorted.slice(0, query.limit)
  const last = shown.at(-1)
  return {
    items: shown.map(({ row }) => toUser(row)),
    next: sorted.length > query.limit && last ? [last.match, last.row.id] : null,
  }
}

/** The range scans of a search, each over its own index. No user is in two. */
export function searchStatements(
  directory: Directory,
  { search, limit }: SearchInput,
  after: SortKey | null,
) {
  const prefix = fold(search)
  const end = `${prefix}${LAST}`
  const [name, id] = after ?? [prefix, '']
  const rest = (column: SQLiteColumn) =>
    and(gte(column, name), lt(column, end), or(gt(column, name), gt(users.id, id)))
  const scan = ([column, ...more]: [SQLiteColumn, ...SQLiteColumn[]], ...conditions: SQL[]) =>
    directory
      // The alias is needed: a batch returns objects, in which two columns cannot have the same name.
      .select({ match: sql<string>`${column}`.as('match'), row: columns })
      .from(users)
      // One that is hidden still has its name.
      .where(and(rest(column), isNull(users.deletedAt), ...conditions))
      .orderBy(asc(column), ...more.map((next) => asc(next)))
      .limit(limit + 1)
  return [
    scan([users.username], eq(users.appId, DEFAULT_APP)),
    scan(
      [users.foldedName, users.id],
      foundByDisplayName(users),
      notBetween(users.username, prefix, end),
    ),
    scanWords(directory, { prefix, end, limit }, after),
  ] as const
}

/** Users who have a later word in their name that the search starts with. Of several such words the first in order counts. */
function scanWords(
  directory: Directory,
  { prefix, end, limit }: { prefix: string; end: string; limit: number },
  after: SortKey | null,
) {
  const words = prefix.split(/[ -]/)
  const [first = '', ...more] = words
  const { word } = nameWords
  const key = sql`(${word}, ${nameWords.userId})`
  return directory
    .select({ match: sql<string>`${word}`.as('match'), row: columns })
    .from(nameWords)
    .innerJoin(users, eq(users.id, nameWords.userId))
    .where(
      and(
        more.length > 0
          ? and(eq(word, first), sql`instr(' ' || ${spaced}, ${` ${words.join(' ')}`}) > 0`)
          : and(gte(word, prefix), lt(word, end), not(hasEarlierWord(prefix))),
        isNull(users.deletedAt),
        after ? sql`${key} > (${after[0]}, ${after[1]})` : undefined,
        notBetween(users.foldedName, prefix, end),
        notBetween(users.username, prefix, end),
      ),
    )
    .orderBy(asc(word), asc(nameWords.userId))
    .limit(limit + 1)
}

// As the triggers split it.
const spaced = sql`replace(${users.foldedName}, '-', ' ')`

const hasEarlierWord = (prefix: string) =>
  sql`exists (select 1 from json_each('[' || replace(json_quote(${spaced}), ' ', '","') || ']') other
    where other.value >= ${prefix} and other.value < ${nameWords.word})`

// Sorts after every name that starts with the prefix.
const LAST = '\u{10FFFF}'

// SQLite compares bytes, which gives another order than comparing UTF-16 code units.
const order = (a: string, b: string) => Buffer.from(a).compare(Buffer.from(b))

export function toUser(row: Pick<typeof users.$inferSelect, keyof typeof columns>): User {
  if (row.deletedAt !== null) {
    const displayName = goneName({ isGuest: row.guestUntil !== null })
    const gone = { username: null, displayName, avatarUrl: null, bio: null }
    return { id: row.id, ...gone, role: null, createdAt: null, metadata: {} }
  }
  return {
    id: row.id,
    username: row.username,
    displayName: row.displayName,
    avatarUrl: avatarUrl('users', row.id, row.avatar),
    bio: row.bio,
    role: row.role,
    createdAt: iso(row.createdAt),
    metadata: fromStored(row.metadata),
  }
}
