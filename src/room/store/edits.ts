import { ApiError } from '../../errors'
import { iso } from '../../schemas/primitives'
import type { Version } from '../../schemas/versions'

const MAX_VERSIONS = 100

/** Keeps the text that an edit is about to replace. Throws `too_many`. */
export function record(sql: SqlStorage, seq: number, text: string, writtenAt: number): void {
  const { count } = sql
    .exec<{ count: number }>('select count(*) as count from versions where message_seq = ?', seq)
    .one()
  if (count >= MAX_VERSIONS) {
    throw new ApiError('too_many', `You can edit a message at most ${MAX_VERSIONS} times.`)
  }
  // Of two texts written within one millisecond only the later is kept: the other was never seen for longer.
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
