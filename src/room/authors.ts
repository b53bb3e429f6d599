import { avatarUrl } from '../schemas/primitives'
import type { Author } from '../schemas/users'

/** People whom this room knows, by their ids, in one statement at most. */
export function named(sql: SqlStorage, ids: string[]): Map<string, Author> {
  if (ids.length === 0) return new Map()
  const { rows } = sql
    .exec<{ rows: string }>(
      `select json_group_array(json_array(user_id, username, display_name, avatar)) as rows
      from json_each(?) wanted cross join members on user_id = wanted.value`,
      JSON.stringify([...new Set(ids)]),
    )
    .one()
  return new Map((JSON.parse(rows) as Row[]).map((row) => [row[0], toAuthor(row)]))
}

/** Who has a username here: one, or for a moment two while a name changes hands. */
export const withName = (sql: SqlStorage, username: string): string[] =>
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
