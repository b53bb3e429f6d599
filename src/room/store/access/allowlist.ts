import { ApiError } from '../../../errors'
import type { Allowed } from '../../../schemas/allowlist'
import { iso } from '../../../schemas/primitives'
import * as authors from '../author-cache'

const MAX_ALLOWED = 10_000

export function has(sql: SqlStorage, userId: string): boolean {
  return sql.exec('select 1 from allowlist where user_id = ?', userId).toArray().length > 0
}

/** Again changes nothing. Throws `too_many`. */
export function put(sql: SqlStorage, userId: string, by: string, now: number): void {
  if (has(sql, userId)) return
  const { count } = sql.exec<{ count: number }>('select count(*) as count from allowlist').one()
  if (count >= MAX_ALLOWED) {
    throw new ApiError('too_many', `An allowlist holds at most ${MAX_ALLOWED} users.`)
  }
  sql.exec('insert into allowlist (user_id, by, created_at) values (?, ?, ?)', userId, by, now)
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
