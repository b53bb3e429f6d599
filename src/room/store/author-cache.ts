import { avatarUrl } from '../../schemas/primitives'
import type { Author } from '../../schemas/users'

const MAX_REMEMBERED = 1000

// Page after page is by the same few.
const remembered = new WeakMap<SqlStorage, Map<string, Author>>()

/** People whom this room knows, by their ids, others maybe beside them, in one statement at most. */
export function findMany(sql: SqlStorage, ids: string[]): ReadonlyMap<string, Author> {
  const people = remembered.get(sql) ?? new Map<string, Author>()
  if (ids.every((id) => people.has(id))) return people
  const { rows } = sql
    .exec<{ rows: string }>(
      `select json_group_array(json_array(user_id, username, display_name, avatar)) as rows
      from json_each(?) wanted cross join members on user_id = wanted.value`,
      JSON.stringify([...new Set(ids)]),
    )
    .one()
  if (people.size >= MAX_REMEMBERED) people.clear()
  for (const row of JSON.parse(rows) as Row[]) people.set(row[0], toAuthor(row))
  remembered.set(sql, people)
  return people
}

/** For whoever changes how someone is shown. */
export const forget = (sql: SqlStorage, userId: string) => remembered.get(sql)?.delete(userId)

/** For whoever rolls back. */
export const forgetAll = (sql: SqlStorage) => remembered.delete(sql)

/** Who has a username here: one, or for a moment two while a name changes hands. */
export const idsByUsername = (sql: SqlStorage, username: string): string[] =>
  sql
    .exec<{ user_id: string }>('select user_id from members where username = ?', username)
    .toArray()
    .map((row) => row.user_id)

type Row = [id: string, username: string | null, displayName: string, avatar: string | null]

const toAuthor = ([id, username, displayName, avatar]: Row): Author => ({
  id,
  username,
  displayName,
  avatarUrl: avatarUrl('users', id, avatar),
})
