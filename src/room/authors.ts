import { avatarUrl } from '../schemas/primitives'
import type { Author } from '../schemas/users'

/** People whom this room knows, by their ids, in one statement at most. */
export function named(sql: SqlStorage, ids: string[]): Map<string, Author> {
  if (ids.length === 0) return new Map()
  const rows = sql.exec<Row>(
    `select user_id, username, display_name, avatar from json_each(?) wanted
    cross join members on user_id = wanted.value`,
    JSON.stringify([...new Set(ids)]),
  )
  return new Map(rows.toArray().map((row) => [row.user_id, toAuthor(row)]))
}

/** Who has a username here: one, or for a moment two while a name changes hands. */
export const withName = (sql: SqlStorage, username: string): string[] =>
  sql
    .exec<{ user_id: string }>('select user_id from members where username = ?', username)
    .toArray()
    .map((row) => row.user_id)

type Row = {
  user_id: string
  username: string | null
  display_name: string
  avatar: string | null
}

const toAuthor = (row: Row): Author => ({
  id: row.user_id,
  username: row.username,
  displayName: row.display_name,
  avatarUrl: avatarUrl('users', row.user_id, row.avatar),
})
