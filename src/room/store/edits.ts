import { iso } from '../../schemas/primitives'
import type { Version } from '../../schemas/versions'

const MAX_VERSIONS = 50

/** Keeps the text that an edit is about to replace, and drops the oldest beyond the limit. */
export function record(sql: SqlStorage, seq: number, text: string, writtenAt: number): void {
  // Of two texts written within one millisecond only the later is kept: the other was never seen for longer.
  sql.exec(
    'insert or replace into versions (message_seq, written_at, text) values (?, ?, ?)',
    seq,
    writtenAt,
    text,
  )
  sql.exec(
    `delete from versions where message_seq = ?1 and written_at <= (
      select written_at from versions where message_seq = ?1
      order by written_at desc limit 1 offset ?2)`,
    seq,
    MAX_VERSIONS,
  )
}

export function list(sql: SqlStorage, seq: number): Version[] {
  return sql
    .exec<{ written_at: number; text: string }>(
      'select written_at, text from versions where message_seq = ? order by written_at desc',
      seq,
    )
    .toArray()
    .map((row) => ({ text: row.text, writtenAt: iso(row.written_at) }))
}

export function purge(sql: SqlStorage, seq: number): void {
  sql.exec('delete from versions where message_seq = ?', seq)
}
