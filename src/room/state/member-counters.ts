import type { Person } from '../store/members'
import * as members from '../store/members'
import * as mentions from '../store/mentions'
import type { Head } from '../store/sequence'

/** What moves with every post. It would cost a row each time, so it waits here for the next flush of the index. */
interface Moves {
  sent: number
  readSeq: number
  readN: number
  visitedAt: number
}

/**
 * Per member, what is not yet in their row. Rebuilt on wake from the messages after `countedSeq`;
 * only a visit can be lost with the object.
 */
export class Activity {
  #moves = new Map<string, Moves>()

  constructor(
    /** The directory's row of the room is prepared up to this seq. */
    private countedSeq: number,
  ) {}

  static load(sql: SqlStorage, countedSeq: number): Activity {
    const activity = new Activity(countedSeq)
    const rows = sql.exec<{ author: string; sent: number; seq: number; n: number; at: number }>(
      `select author_id as author, count(*) as sent, max(seq) as seq, max(n) as n,
        max(created_at) as at
      from messages where seq > ? group by author_id`,
      countedSeq,
    )
    for (const { author, sent, seq, n, at } of rows) {
      activity.#moves.set(author, { sent, readSeq: seq, readN: n, visitedAt: at })
    }
    for (const userId of mentions.since(sql, countedSeq)) activity.touched(userId)
    return activity
  }

  get isEmpty(): boolean {
    return this.#moves.size === 0
  }

  /** Whether this member's row lacks anything. */
  has(userId: string): boolean {
    return this.#moves.has(userId)
  }

  /** Whether `fold` would write anything. */
  isFolded(head: Head): boolean {
    return this.isEmpty && this.countedSeq === head.seq
  }

  posted(userId: string, seq: number, n: number, now: number): void {
    const sent = (this.#moves.get(userId)?.sent ?? 0) + 1
    this.#moves.set(userId, { sent, readSeq: seq, readN: n, visitedAt: now })
  }

  /** The member's row says more than the index knows. */
  touched(userId: string): void {
    this.visited(userId, 0)
  }

  visited(userId: string, now: number): void {
    const moves = this.#moves.get(userId) ?? { sent: 0, readSeq: 0, readN: 0, visitedAt: 0 }
    this.#moves.set(userId, { ...moves, visitedAt: Math.max(moves.visitedAt, now) })
  }

  /** The person as of now: their row and what is not yet in it. */
  apply(person: Person): Person {
    const moves = this.#moves.get(person.userId)
    if (!moves) return person
    return {
      ...person,
      sentCount: person.sentCount + moves.sent,
      readSeq: Math.max(person.readSeq, moves.readSeq),
      readN: Math.max(person.readN, moves.readN),
      visitedAt: Math.max(person.visitedAt, moves.visitedAt),
    }
  }

  /** Writes everything down, in the caller's transaction, and forgets it. */
  fold(sql: SqlStorage, head: Head): void {
    for (const [userId, moves] of this.#moves) members.move(sql, head, userId, moves)
    head.version += 1
    sql.exec('update room set counted_seq = ?, version = ?', head.seq, head.version)
    this.#moves.clear()
    this.countedSeq = head.seq
  }
}
