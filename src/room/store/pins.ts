import { ApiError } from '../../errors'
import type { SharedMessage } from '../../schemas/messages'
import { MAX_PINS } from '../../schemas/pins'
import type { Author } from '../../schemas/users'
import * as authors from './author-cache'
import * as messages from './messages'

/** A pinned message. Times are milliseconds since the epoch. */
export interface Pin {
  message: SharedMessage
  pinnedBy: Author
  pinnedAt: number
}

/** Where a page of pins ended. */
export interface PinCursor {
  pinnedAt: number
  seq: number
}

/** Throws `too_many`. */
export function put(sql: SqlStorage, seq: number, userId: string, now: number): void {
  const { count } = sql
    .exec<{ count: number }>('select count(*) as count from messages where pinned_at is not null')
    .one()
  if (count >= MAX_PINS)
    throw new ApiError('too_many', `A room has at most ${MAX_PINS} pins. Unpin a message first.`)
  sql.exec('update messages set pinned_at = ?, pinned_by = ? where seq = ?', now, userId, seq)
}

export function remove(sql: SqlStorage, seq: number): void {
  sql.exec('update messages set pinned_at = null, pinned_by = null where seq = ?', seq)
}

/** Pins before a cursor, newest pin first. A message that a bulk delete is still purging is no longer pinned. */
export function list(sql: SqlStorage, before: PinCursor | null, limit: number): Pin[] {
  const rows = sql
    .exec<{ seq: number; pinned_at: number; pinned_by: string }>(
      `select seq, pinned_at, pinned_by from messages
      where pinned_at is not null and (pinned_at, seq) < (?, ?)
      order by pinned_at desc, seq desc limit +?`,
      before?.pinnedAt ?? Number.MAX_SAFE_INTEGER,
      before?.seq ?? 0,
      limit,
    )
    .toArray()
  const pinned = messages.findMany(
    sql,
    rows.map(({ seq }) => seq),
  )
  const bySeq = new Map(pinned.map((message) => [message.seq, message]))
  const authorsById = authors.findMany(
    sql,
    rows.map((row) => row.pinned_by),
  )
  return rows.flatMap((row) => {
    const message = bySeq.get(row.seq)
    const pinnedBy = authorsById.get(row.pinned_by)
    return message?.pinned && pinnedBy ? [{ message, pinnedBy, pinnedAt: row.pinned_at }] : []
  })
}
