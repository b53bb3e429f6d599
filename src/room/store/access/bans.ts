import { ApiError } from '../../../errors'
import { iso } from '../../../schemas/primitives'

const MAX_BANS = 10_000

/** A ban. Times are milliseconds since the epoch. */
export interface Ban {
  userId: string
  by: string
  reason: string | null
  createdAt: number
  expiresAt: number | null
  /** Imposed by site staff, who alone may change or lift it. */
  byStaff: boolean
}

export function find(sql: SqlStorage, userId: string, now: number): Ban | undefined {
  const [row] = sql
    .exec<Row>(
      'select * from bans where user_id = ? and (expires_at is null or expires_at > ?)',
      userId,
      now,
    )
    .toArray()
  return row && toBan(row)
}

/** Throws `banned` while a ban of this user is in force. */
export function assertNotBanned(sql: SqlStorage, userId: string, now: number): void {
  const ban = find(sql, userId, now)
  if (!ban) return
  const until = ban.expiresAt ? ` until ${iso(ban.expiresAt)}` : ''
  throw new ApiError('banned', `You are banned from this room${until}.`)
}

/** Replaces an earlier ban of the same user. Bans that ended make room for new ones. Throws `too_many`. */
export function put(sql: SqlStorage, ban: Ban): void {
  const count = () => sql.exec<{ count: number }>('select count(*) as count from bans').one().count
  if (!find(sql, ban.userId, ban.createdAt) && count() >= MAX_BANS) {
    sql.exec('delete from bans where expires_at <= ?', ban.createdAt)
    if (count() >= MAX_BANS) {
      throw new ApiError('too_many', `A room has at most ${MAX_BANS} bans. Lift some first.`)
    }
  }
  sql.exec(
    `insert or replace into bans (user_id, by, reason, created_at, expires_at, by_staff)
    values (?, ?, ?, ?, ?, ?)`,
    ban.userId,
    ban.by,
    ban.reason,
    ban.createdAt,
    ban.expiresAt,
    Number(ban.byStaff),
  )
}

/** Returns whether there was a ban. */
export function remove(sql: SqlStorage, userId: string): boolean {
  return sql.exec('delete from bans where user_id = ?', userId).rowsWritten > 0
}

/** Bans in force, sorted by user id. */
export function list(sql: SqlStorage, after: string, limit: number, now: number): Ban[] {
  return sql
    .exec<Row>(
      `select * from bans where user_id > ? and (expires_at is null or expires_at > ?)
      order by user_id limit +?`,
      after,
      now,
      limit,
    )
    .toArray()
    .map(toBan)
}

type Row = {
  user_id: string
  by: string
  reason: string | null
  created_at: number
  expires_at: number | null
  by_staff: number
}

const toBan = (row: Row): Ban => ({
  userId: row.user_id,
  by: row.by,
  reason: row.reason,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  byStaff: row.by_staff === 1,
})
