import type { MemberRecord } from '../store/members'
import * as members from '../store/members'
import * as mentions from '../store/mentions'
import type { Sequence } from '../store/sequence'

/** What changes with every post. Writing it would cost a row per post, so it waits here for the next sync. */
interface Counters {
  sent: number
  readSeq: number
  readN: number
  visitedAt: number
}

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
    const rows = sql.exec<{ author: string; sent: number; seq: number; n: number; at: number }>(
      `select author_id as author, count(*) as sent, max(seq) as seq, max(n) as n,
        max(created_at) as at
      from messages where seq > ? group by author_id`,
      countedSeq,
    )
    for (const { author, sent, seq, n, at } of rows) {
      memberCounters.#unwritten.set(author, { sent, readSeq: seq, readN: n, visitedAt: at })
    }
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

  recordPost(userId: string, seq: number, n: number, now: number): void {
    const sent = (this.#unwritten.get(userId)?.sent ?? 0) + 1
    this.#unwritten.set(userId, { sent, readSeq: seq, readN: n, visitedAt: now })
  }

  /** Makes the next sync send this member's row, which changed without a new version. */
  markDirty(userId: string): void {
    this.recordVisit(userId, 0)
  }

  recordVisit(userId: string, now: number): void {
    const counters = this.#unwritten.get(userId) ?? { sent: 0, readSeq: 0, readN: 0, visitedAt: 0 }
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
      visitedAt: Math.max(member.visitedAt, counters.visitedAt),
    }
  }

  /** Adds all counters to the members' rows, in the caller's transaction, and clears them. */
  write(sql: SqlStorage, sequence: Sequence): void {
    for (const [userId, counters] of this.#unwritten)
      members.addCounters(sql, sequence, userId, counters)
    sequence.version += 1
    sql.exec('update room set counted_seq = ?, version = ?', sequence.seq, sequence.version)
    this.#unwritten.clear()
    this.countedSeq = sequence.seq
  }
}
