import type { SharedMessage } from '../../../schemas/messages'
import type { ReadPosition } from '../read-positions'

/** SQL condition: the timeline shows the message. A reply that is only in its thread is left out. */
export const IN_TIMELINE = '(reply_to is null or also_in_room = 1)'

export const isInTimeline = ({ replyTo, alsoInRoom }: SharedMessage): boolean =>
  replyTo === null || alsoInRoom

/** SQL: the t of a message, counted where the row is older than that column and the job has not been. */
export const tOf = (row: string) =>
  `coalesce(${row}.t, ${row}.n - (select count(*) from messages r where r.reply_to is not null and r.seq <= ${row}.seq))`

/** How many messages there are up to a seq. */
export function positionAt(sql: SqlStorage, seq: number): ReadPosition {
  const [row] = sql
    .exec<{ n: number; t: number }>(
      `select n, ${tOf('m')} as t from messages m where seq <= ? order by seq desc limit 1`,
      seq,
    )
    .toArray()
  return { seq, n: row?.n ?? 0, t: row?.t ?? 0 }
}

// After so many replies in a row, searching for the next message of the timeline reads less than going on.
const RUN = 32

/** Seqs of the timeline before a seq, the latest first. */
export const seqsBefore = (sql: SqlStorage, before: number, limit: number): number[] =>
  walk(limit, before, (at, count) => rows(sql, 'seq < ? order by seq desc', at, count), {
    // The message that the run of replies follows is the first that has their t.
    skipRun: (seq) => firstWithT(sql, positionAt(sql, seq).t, 0, seq) + 1,
  })

/** Seqs of the timeline after a seq, the earliest first. */
export const seqsAfter = (sql: SqlStorage, after: number, limit: number): number[] =>
  walk(limit, after, (at, count) => rows(sql, 'seq > ? order by seq', at, count), {
    skipRun: (seq) => firstWithT(sql, positionAt(sql, seq).t + 1, seq, lastSeq(sql)) - 1,
  })

interface Row {
  seq: number
  shown: number
}

function walk(
  limit: number,
  from: number,
  read: (at: number, count: number) => Row[],
  { skipRun }: { skipRun: (seq: number) => number },
): number[] {
  const found: number[] = []
  let at = from
  for (;;) {
    const page = read(at, limit - found.length + RUN)
    for (const { seq, shown } of page) {
      if (shown) found.push(seq)
      if (found.length === limit) return found
    }
    const last = page.at(-1)
    if (!last || page.length < RUN) return found
    at = page.slice(-RUN).some(({ shown }) => shown) ? last.seq : skipRun(last.seq)
  }
}

const rows = (sql: SqlStorage, where: string, seq: number, limit: number): Row[] =>
  sql
    .exec<{ seq: number; shown: number }>(
      `select seq, ${IN_TIMELINE} as shown from messages where ${where} limit +?`,
      seq,
      limit,
    )
    .toArray()

const lastSeq = (sql: SqlStorage): number =>
  sql.exec<{ seq: number | null }>('select max(seq) as seq from messages').one().seq ?? 0

/** The first seq from `low` on that has this t or a greater one, by binary search; `high + 1` when there is none. */
function firstWithT(sql: SqlStorage, t: number, low: number, high: number): number {
  let [first, end] = [low, high + 1]
  while (first < end) {
    const middle = Math.floor((first + end) / 2)
    if (positionAt(sql, middle).t >= t) end = middle
    else first = middle + 1
  }
  return first
}
