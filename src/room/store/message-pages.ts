import type { MessagesQuery, SharedMessage } from '../../schemas/messages'
import { select } from './messages'
import type { Sequence } from './sequence'

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
    const older = oldest.n > 1 ? oldest.seq : null
    return { items, older, newer: newest.n < sequence.n ? newest.seq : null }
  }
  const below = query.before ?? query.around ?? (query.after ?? 0) + 1
  const above = query.after ?? query.around ?? (query.before ?? 0) - 1
  return {
    items,
    older: exists(sql, 'seq < ?', below) ? below : null,
    newer: exists(sql, 'seq > ?', above) ? above : null,
  }
}

function window(sql: SqlStorage, query: MessagesQuery): SharedMessage[] {
  const { before: older, after: newer, around, limit } = query
  if (newer !== undefined) return after(sql, newer, limit).reverse()
  if (around === undefined) return before(sql, older ?? Number.MAX_SAFE_INTEGER, limit)
  // The message at `around` counts towards the older half, which may be larger by one.
  const below = before(sql, around + 1, Math.ceil(limit / 2))
  return [...after(sql, around, limit - below.length).reverse(), ...below]
}

/** Whether there is a message whose seq meets the condition. */
export const exists = (sql: SqlStorage, where: string, seq: number): boolean =>
  sql.exec(`select 1 from messages where ${where} limit 1`, seq).toArray().length > 0

/** The number of messages up to a seq. */
export function countUpTo(sql: SqlStorage, seq: number): number {
  const [row] = sql
    .exec<{ n: number }>('select n from messages where seq <= ? order by seq desc limit 1', seq)
    .toArray()
  return row?.n ?? 0
}

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
