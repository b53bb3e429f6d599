import { ApiError } from '../errors'

const DAY_MS = 24 * 60 * 60_000

/**
 * Counts bytes against what one user may upload here in a day (UTC), deleted or not. The room counts: the
 * count commits with the row that it is for, and no other object is asked. Throws `rate_limited`.
 */
export function spend(
  sql: SqlStorage,
  userId: string,
  bytes: number,
  perDay: number,
  now: number,
): void {
  const day = Math.floor(now / DAY_MS)
  const { spent } = sql
    .exec<{ spent: number }>(
      `insert into media_quota (user_id, day, bytes) values (?1, ?2, ?3)
      on conflict (user_id) do update set day = excluded.day,
        bytes = excluded.bytes + iif(day = excluded.day, bytes, 0)
      returning bytes as spent`,
      userId,
      day,
      bytes,
    )
    .one()
  if (spent <= perDay) return
  const detail = `One uploads at most ${perDay} bytes a day into one room.`
  const retryAfter = Math.ceil(((day + 1) * DAY_MS - now) / 1000)
  throw new ApiError('rate_limited', detail, { retryAfter })
}

/** Gives back what was never stored. */
export function refund(sql: SqlStorage, userId: string, bytes: number, since: number): void {
  sql.exec(
    'update media_quota set bytes = max(0, bytes - ?) where user_id = ? and day = ?',
    bytes,
    userId,
    Math.floor(since / DAY_MS),
  )
}
