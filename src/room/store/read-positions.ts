import type { Sequence } from './sequence'

/** A place in the room: a seq, and how many messages there are up to it, in all and in the timeline. */
export interface ReadPosition {
  seq: number
  n: number
  t: number
}

/** SQL: the t of a member's read marker, counted where their row is older than that column. */
export const READ_T = `coalesce(read_t, read_n - (select count(*) from messages
  where reply_to is not null and seq <= read_seq))`

/** Adds what a member did since the last sync (see state/member-counters.ts). */
export function addCounters(
  sql: SqlStorage,
  sequence: Sequence,
  userId: string,
  counters: { sent: number; readSeq: number; readN: number; readT: number; visitedAt: number },
): void {
  sequence.version += 1
  sql.exec(
    `update members set sent_count = sent_count + ?, read_seq = max(read_seq, ?),
      read_n = max(read_n, ?), read_t = max(${READ_T}, ?), told_seq = max(read_seq, ?), visited_at = max(visited_at, ?), version = ?
    where user_id = ?`,
    counters.sent,
    counters.readSeq,
    counters.readN,
    counters.readT,
    counters.readSeq,
    counters.visitedAt,
    sequence.version,
    userId,
  )
}

/** Counts that a marker in a thread moved, which makes what the room is to the member newer. */
export function countMark(sql: SqlStorage, userId: string): void {
  sql.exec('update members set marks = marks + 1 where user_id = ?', userId)
}

/** Moves a read marker. The directory gets it with the next sync. */
export function move(sql: SqlStorage, userId: string, marker: ReadPosition): void {
  const { seq, n, t } = marker
  sql.exec(
    'update members set read_seq = ?, read_n = ?, read_t = ?, marks = marks + 1 where user_id = ?',
    seq,
    n,
    t,
    userId,
  )
}
