import type { Person } from '../store/members'
import * as members from '../store/members'
import * as mentions from '../store/mentions'
import type { Head } from '../store/sequence'

/** What moves with every post. It would cost a row each time, so it waits here for the next flush of the index. */
interface Counters {
  sent: number
  readSeq: number
  readN: number
  visitedAt: number
}

/**
 * Per member, what is not yet in their row. Rebuilt on wake from the messages after `countedSeq`;
 * only a visit can be lost with the object.
 */
export class MemberCounters {
  #unwritten = new Map<string, Counters>()

  constructor(
    /** The directory's row of the room is prepared up to this seq. */
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
    for (const userId of mentions.mentionedSince(sql, countedSeq)) memberCounters.touched(userId)
    return memberCounters
  }

  get isEmpty(): boolean {
    return this.#unwritten.size === 0
  }

  /** Whether this member's row lacks anything. */
  has(userId: string): boolean {
    return this.#unwritten.has(userId)
  }

  /** Whether `fold` would write anything. */
  isWritten(sequence: Head): boolean {
    return this.isEmpty && this.countedSeq === sequence.seq
  }

  posted(userId: string, seq: number, n: number, now: number): void {
    const sent = (this.#unwritten.get(userId)?.sent ?? 0) + 1
    this.#unwritten.set(userId, { sent, readSeq: seq, readN: n, visitedAt: now })
  }

  /** The member's row says more than the index knows. */
  touched(userId: string): void {
    this.visited(userId, 0)
  }

  visited(userId: string, now: number): void {
    const moves = this.#unwritten.get(userId) ?? { sent: 0, readSeq: 0, readN: 0, visitedAt: 0 }
    this.#unwritten.set(userId, { ...moves, visitedAt: Math.max(moves.visitedAt, now) })
  }

  /** The person as of now: their row and what is not yet in it. */
  apply(member: Person): Person {
    const moves = this.#unwritten.get(member.userId)
    if (!moves) return member
    return {
      ...member,
      sentCount: member.sentCount + moves.sent,
      readSeq: Math.max(member.readSeq, moves.readSeq),
      readN: Math.max(member.readN, moves.readN),
      visitedAt: Math.max(member.visitedAt, moves.visitedAt),
    }
  }

  /** Writes everything down, in the caller's transaction, and forgets it. */
  fold(sql: SqlStorage, sequence: Head): void {
    for (const [userId, moves] of this.#unwritten) members.addCounters(sql, sequence, userId, moves)
    sequence.version += 1
    sql.exec('update room set counted_seq = ?, version = ?', sequence.seq, sequence.version)
    this.#unwritten.clear()
    this.countedSeq = sequence.seq
  }
}
