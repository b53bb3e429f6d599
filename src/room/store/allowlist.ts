import type { Allowed } from '../../schemas/allowlist'
import { iso } from '../../schemas/primitives'
import * as authors from './author-cache'

export function has(sql: SqlStorage, userId: string): boolean {
  return sql.exec('select 1 from allowlist where user_id = ?', userId).toArray().length > 0
}

export function put(sql: SqlStorage, userId: string, by: string, now: number): void {
  sql.exec(
    'insert or ignore into allowlist (user_id, by, created_at) values (?, ?, ?)',
    userId,
    by,
    now,
  )
}

export function remove(sql: SqlStorage, userId: string): void {
  sql.exec('delete from allowlist where user_id = ?', userId)
}

/** Sorted by user id. */
export function list(sql: SqlStorage, after: string, limit: number): Allowed[] {
  return sql
    .exec<{ user_id: string; by: string; created_at: number }>(
      'select * from allowlist where user_id > ? order by user_id limit +?',
      after,
      limit,
    )
    .toArray()
    .map((row) => ({
      user: authors.authorOf(sql, row.user_id),
      by: authors.authorOf(sql, row.by),
      createdAt: iso(row.created_at),
    }))
}
