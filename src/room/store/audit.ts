import type { AuditEntry } from '../../schemas/audit'
import { iso } from '../../schemas/primitives'
import * as authors from './author-cache'

/** The audited events before a seq, newest first. */
export function list(sql: SqlStorage, before: number, limit: number): AuditEntry[] {
  return sql
    .exec<Row>(
      `select seq, type, at, by, user_id, message_seq, reason from events
      where audited = 1 and seq < ? order by seq desc limit +?`,
      before,
      limit,
    )
    .toArray()
    .map((row) => ({
      seq: row.seq,
      action: row.type,
      actor: authors.authorOf(sql, row.by),
      target: row.user_id === null ? null : authors.authorOf(sql, row.user_id),
      messageSeq: row.message_seq,
      reason: row.reason,
      at: iso(row.at),
    }))
}

type Row = {
  seq: number
  type: string
  at: number
  by: string
  user_id: string | null
  message_seq: number | null
  reason: string | null
}
