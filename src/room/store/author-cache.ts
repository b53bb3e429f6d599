import { avatarUrl } from '../../schemas/primitives'
import type { Author } from '../../schemas/users'

const MAX_AUTHORS = 1000

// Site staff may act in rooms that have no row of them.
const UNKNOWN_NAME = 'site staff'

// Successive pages are written by the same few members.
const caches = new WeakMap<SqlStorage, Map<string, Author>>()

/** The authors with these ids, in one query at most. Ids that the room does not know are missing; others may be included. */
export function findMany(sql: SqlStorage, ids: string[]): ReadonlyMap<string, Author> {
  const cache = caches.get(sql) ?? new Map<string, Author>()
  if (ids.every((id) => cache.has(id))) return cache
  const { rows } = sql
    .exec<{ rows: string }>(
      `select json_group_array(json_array(user_id, username, display_name, avatar)) as rows
      from json_each(?) wanted cross join members on user_id = wanted.value`,
      JSON.stringify([...new Set(ids)]),
    )
    .one()
  if (cache.size >= MAX_AUTHORS) cache.clear()
  for (const [userId, username, displayName, avatar] of JSON.parse(rows) as Row[]) {
    cache.set(userId, toAuthor({ userId, username, displayName, avatar }))
  }
  caches.set(sql, cache)
  return cache
}

/** One user as an author; one whom the room does not know has only an id. */
export const authorOf = (sql: SqlStorage, userId: string): Author =>
  findMany(sql, [userId]).get(userId) ?? {
    id: userId,
    username: null,
    displayName: UNKNOWN_NAME,
    avatarUrl: null,
  }

/** Call this when a member's name or avatar changes. */
export const forget = (sql: SqlStorage, userId: string) => caches.get(sql)?.delete(userId)

/** Call this after a rollback. */
export const forgetAll = (sql: SqlStorage) => caches.delete(sql)

/** The ids of who has a username here: usually one, two for a moment while a name changes hands. */
export const idsByUsername = (sql: SqlStorage, username: string): string[] =>
  sql
    .exec<{ user_id: string }>('select user_id from members where username = ?', username)
    .toArray()
    .map((row) => row.user_id)

export const toAuthor = (member: {
  userId: string
  username: string | null
  displayName: string
  avatar: string | null
}): Author => ({
  id: member.userId,
  username: member.username,
  displayName: member.displayName,
  avatarUrl: avatarUrl('users', member.userId, member.avatar),
})

type Row = [userId: string, username: string | null, displayName: string, avatar: string | null]
