import { ApiError } from '../../errors'
import { iso } from '../../schemas/primitives'
import type { Version } from '../../schemas/versions'

const MAX_VERSIONS = 100

/** Keeps what a message said until now. Throws `too_many`. */
export function record(sql: SqlStorage, seq: number, text: string, writtenAt: number): void {
  const { count } = sql
    .exec<{ count: number }>('select count(*) as count from versions where message_seq = ?', seq)
    .one()
  if (count >= MAX_VERSIONS) {
    throw new ApiError('too_many', `A message is edited at most ${MAX_VERSIONS} times.`)
  }
  // Two edits within one millisecond: the first of them was never seen for longer than that.
  sql.exec(
    'insert or replace into versions (message_seq, written_at, text) values (?, ?, ?)',
    seq,
    writtenAt,
    text,
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
