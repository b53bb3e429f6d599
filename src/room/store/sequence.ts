/** The counters that every command takes its numbers from (docs/architecture.md#seq-n-t-and-version). */
export interface Sequence {
  roomId: string
  /** The last seq. Every event has one, without a gap; a posted message is an event. */
  seq: number
  /** The number of messages ever posted, and the ordinal of the last one. */
  n: number
  /** The number of messages that the timeline shows: all but the replies that are only in their thread. */
  t: number
  /** The time of the last event. A room's times never go back. */
  at: number
  /** The last version given to a row that is synced to the directory. */
  version: number
}

/** Reads the counters from the ends of the primary keys, so that posting does not have to write them. */
export function load(sql: SqlStorage): Sequence {
  return sql
    .exec<{ roomId: string; seq: number; n: number; t: number; at: number; version: number }>(
      `select
        r.room_id as roomId,
        max(coalesce(m.seq, 0), coalesce(e.seq, 0)) as seq,
        coalesce(m.n, 0) as n,
        coalesce(m.t, m.n - (select count(*) from messages where reply_to is not null), 0) as t,
        max(coalesce(m.created_at, 0), coalesce(e.at, 0)) as at,
        max(r.version, coalesce((select max(version) from members), 0),
          coalesce((select max(version) from thread_follows), 0)) as version
      from room r
      left join (select seq, n, t, created_at from messages order by seq desc limit 1) m
      left join (select seq, at from events order by seq desc limit 1) e`,
    )
    .one()
}

/** Takes the next seq for one event. */
export function advance(sequence: Sequence, now: number): { seq: number; at: number } {
  sequence.seq += 1
  sequence.at = Math.max(sequence.at, now)
  return { seq: sequence.seq, at: sequence.at }
}

/**
 * The range of seqs that some messages span, if no other message lies in it, as on a page; otherwise null.
 * Messages are numbered by `n` without a gap, which shows that none is missing.
 */
export function seqRangeOf(
  messages: readonly { seq: number; n: number }[],
): { first: number; last: number } | null {
  const [a, b] = [messages[0], messages.at(-1)]
  if (!a || !b || Math.abs(a.n - b.n) !== messages.length - 1) return null
  return { first: Math.min(a.seq, b.seq), last: Math.max(a.seq, b.seq) }
}
