import type { MessagesQuery, SharedMessage } from '../../schemas/messages'
import { findMany, select } from './messages'
import type { Sequence } from './sequence'
import * as timeline from './timeline/timeline'

/** Messages after a seq, oldest first. */
export const after = (sql: SqlStorage, seq: number, limit: number): SharedMessage[] =>
  select(sql, 'where m.seq > ? order by m.seq limit +?', seq, limit)

/** Messages before a seq, newest first. */
export const before = (sql: SqlStorage, seq: number, limit: number): SharedMessage[] =>
  select(sql, 'where m.seq < ? order by m.seq desc limit +?', seq, limit)

/** One page, newest first, and the seqs from which older and newer pages continue; null where there is none. */
export function page(
  { sql, sequence }: { sql: SqlStorage; sequence: Sequence },
  query: MessagesQuery,
): { items: SharedMessage[]; older: number | null; newer: number | null } {
  const items = window(sql, query)
  const [oldest, newest] = [items.at(-1), items[0]]
  // Messages are numbered without a gap, so the ends of the page show whether there are more.
  if (oldest && newest) {
    const ordinal = query.replies === false ? 't' : 'n'
    const older = oldest[ordinal] > 1 ? oldest.seq : null
    return { items, older, newer: newest[ordinal] < sequence[ordinal] ? newest.seq : null }
  }
  const below = query.before ?? query.around ?? (query.after ?? 0) + 1
  const above = query.after ?? query.around ?? Math.max((query.before ?? 0) - 1, 0)
  const { earlier, later } = query.replies === false ? timelineLog : log
  return {
    items,
    older: earlier(sql, below, 1).length > 0 ? below : null,
    newer: later(sql, above, 1).length > 0 ? above : null,
  }
}

function window(sql: SqlStorage, query: MessagesQuery): SharedMessage[] {
  const { before: older, after: newer, around, limit } = query
  const { earlier, later } = query.replies === false ? timelineLog : log
  if (newer !== undefined) return later(sql, newer, limit).reverse()
  if (around === undefined) return earlier(sql, older ?? Number.MAX_SAFE_INTEGER, limit)
  // The message at `around` counts towards the older half, which may be larger by one.
  const below = earlier(sql, around + 1, Math.ceil(limit / 2))
  return [...later(sql, around, limit - below.length).reverse(), ...below]
}

/** Messages on one side of a seq, the nearest first. */
type Read = (sql: SqlStorage, seq: number, limit: number) => SharedMessage[]

const log: Record<'earlier' | 'later', Read> = { earlier: before, later: after }

const timelineLog: typeof log = {
  earlier: (sql, seq, limit) => findMany(sql, timeline.seqsBefore(sql, seq, limit)).toReversed(),
  later: (sql, seq, limit) => findMany(sql, timeline.seqsAfter(sql, seq, limit)),
}

export const existsAfter = (sql: SqlStorage, seq: number): boolean =>
  sql.exec('select 1 from messages where seq > ? limit 1', seq).toArray().length > 0

/** The seq of the first message posted at or after a time, by binary search: a room's times never go back. */
export function firstSince(sql: SqlStorage, last: number, time: number): number {
  let [low, high] = [1, last + 1]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const [row] = sql
      .exec<{ created_at: number }>(
        'select created_at from messages where seq >= ? order by seq limit 1',
        middle,
      )
      .toArray()
    if (row && row.created_at < time) low = middle + 1
    else high = middle
  }
  return low
}
