import type { SharedMessage } from '../../schemas/messages'
import type { MemberRecord } from '../store/members'
import * as mentions from '../store/mentions'
import * as readPositions from '../store/read-positions'
import type { Sequence } from '../store/sequence'
import { IN_TIMELINE, isInTimeline, tOf } from '../store/timeline/timeline'

/** What changes with every post. Writing it would cost a row per post, so it waits here for the next sync. */
interface Counters {
  sent: number
  readSeq: number
  readN: number
  readT: number
  visitedAt: number
}

const NOTHING: Counters = { sent: 0, readSeq: 0, readN: 0, readT: 0, visitedAt: 0 }

/**
 * Counters per member that are not yet in the member's row. On wake they are rebuilt from the messages after
 * `countedSeq`; only the time of a visit can be lost when the object is evicted.
 */
export class MemberCounters {
  #unwritten = new Map<string, Counters>()

  constructor(
    /** Messages up to this seq are counted in the members' rows. */
    private countedSeq: number,
  ) {}

  static load(sql: SqlStorage, countedSeq: number): MemberCounters {
    const memberCounters = new MemberCounters(countedSeq)
    const rows = sql.exec<Record<keyof Counters, number> & { author: string }>(
      `select author_id as author, count(*) as sent, max(created_at) as visitedAt,
        coalesce(max(seq) filter (where ${IN_TIMELINE}), 0) as readSeq,
        coalesce(max(n) filter (where ${IN_TIMELINE}), 0) as readN,
        coalesce(max(${tOf('m')}) filter (where ${IN_TIMELINE}), 0) as readT
      from messages m where seq > ? group by author_id`,
      countedSeq,
    )
    for (const { author, ...counters } of rows) memberCounters.#unwritten.set(author, counters)
    for (const userId of mentions.mentionedSince(sql, countedSeq)) memberCounters.markDirty(userId)
    return memberCounters
  }

  get isEmpty(): boolean {
    return this.#unwritten.size === 0
  }

  /** Whether this member has counters that are not in their row, or a row that is not synced. */
  has(userId: string): boolean {
    return this.#unwritten.has(userId)
  }

  /** Whether `fold` would write nothing. */
  isWritten(sequence: Sequence): boolean {
    return this.isEmpty && this.countedSeq === sequence.seq
  }

  /** Who posts has read up to there, but for a reply that only its thread shows. */
  recordPost(userId: string, message: SharedMessage, now: number): void {
    const before = this.#unwritten.get(userId) ?? NOTHING
    const sent = before.sent + 1
    const read = isInTimeline(message)
      ? { readSeq: message.seq, readN: message.n, readT: message.t }
      : {}
    this.#unwritten.set(userId, { ...before, ...read, sent, visitedAt: now })
  }

  /** Makes the next sync send this member's row, which changed without a new version. */
  markDirty(userId: string): void {
    this.recordVisit(userId, 0)
  }

  recordVisit(userId: string, now: number): void {
    const counters = this.#unwritten.get(userId) ?? NOTHING
    this.#unwritten.set(userId, { ...counters, visitedAt: Math.max(counters.visitedAt, now) })
  }

  /** The member as of now: their row plus the counters not yet in it. */
  addTo(member: MemberRecord): MemberRecord {
    const counters = this.#unwritten.get(member.userId)
    if (!counters) return member
    return {
      ...member,
      sentCount: member.sentCount + counters.sent,
      readSeq: Math.max(member.readSeq, counters.readSeq),
      readN: Math.max(member.readN, counters.readN),
      readT: Math.max(member.readT, counters.readT),
      visitedAt: Math.max(member.visitedAt, counters.visitedAt),
    }
  }

  /** Adds all counters to the members' rows, in the caller's transaction, and clears them. */
  write(sql: SqlStorage, sequence: Sequence): void {
    for (const [userId, counters] of this.#unwritten)
      readPositions.addCounters(sql, sequence, userId, counters)
    sequence.version += 1
    sql.exec('update room set counted_seq = ?, version = ?', sequence.seq, sequence.version)
    this.#unwritten.clear()
    this.countedSeq = sequence.seq
  }
}
