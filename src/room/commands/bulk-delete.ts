import type { Event } from '../../schemas/events'
import type { Outcome } from '../commit/commit-queue'
import type { Caller } from '../policy/authorize'
import * as actors from '../policy/authorize'
import { outrank } from '../policy/role-hierarchy'
import type { State } from '../state/room-state'
import * as events from '../store/events'
import * as jobs from '../store/jobs'
import * as trash from '../store/media-trash'
import * as members from '../store/members'
import * as history from '../store/message-pages'
import * as messages from '../store/messages'
import * as settings from '../store/settings'
import * as tombstones from './tombstone'

const JOB = 'purge'
// A slice is a few milliseconds; others post between slices.
const SLICE = 500
// In a room that was searched its words decide: taking one out of a large index takes tens of microseconds.
const INDEXED = 2000

/** Whose messages go, and which: a range of the room's sequence. */
interface Range {
  authorId: string
  from: number
  to: number
}

/**
 * Erases what one person wrote in a range: it reads as tombstones from this moment, by a row that every
 * reading query looks up; a job then purges what is stored, slice by slice.
 */
export function begin(
  { sql, storage, head }: State,
  { authorId, from, to }: Range,
  by: { userId: string; reason?: string | undefined },
  now: number,
): Event {
  settings.touch(sql, head)
  const event = events.append(
    sql,
    head,
    {
      type: 'messages.erased',
      by: by.userId,
      userId: authorId,
      fromSeq: from,
      messageSeq: to,
      reason: by.reason,
      audited: by.userId !== authorId,
    },
    now,
  )
  sql.exec(
    `insert or replace into erasures (author_id, from_seq, to_seq, at, purged_to)
    values (?, ?, ?, ?, '')`,
    authorId,
    from,
    to,
    Date.parse(event.at),
  )
  jobs.put(storage, JOB, authorId, now)
  return event
}

/** Whose messages of which time are to go. Times are milliseconds since the epoch. */
export interface Wanted {
  authorId: string
  since: number
  until: number
  reason: string | undefined
}

/** Deletes what someone of a lower role wrote between two times. */
export function request(state: State, caller: Caller, wanted: Wanted, now: number): Outcome<null> {
  const { sql, head } = state
  const actor = actors.able(state, caller, 'message.delete.any', now)
  const author = members.get(sql, wanted.authorId)
  if (author.userId !== caller.userId) outrank(actor, author)
  const from = history.firstSince(sql, head.seq, wanted.since)
  const to = history.firstSince(sql, head.seq, wanted.until) - 1
  if (to < from) return { value: null }
  const by = { userId: caller.userId, reason: wanted.reason }
  return {
    value: null,
    events: [begin(state, { authorId: wanted.authorId, from, to }, by, now)],
  }
}

/** Purges one slice of what an author wrote, in the order of its nonces (there is an index). */
export function purge(storage: DurableObjectStorage, authorId: string, now: number): void {
  const { sql } = storage
  const [erasure] = sql
    .exec<{ from_seq: number; to_seq: number; at: number; purged_to: string }>(
      'select from_seq, to_seq, at, purged_to from erasures where author_id = ? limit 1',
      authorId,
    )
    .toArray()
  if (!erasure) {
    jobs.remove(storage, JOB, authorId)
    return
  }
  const { from_seq, to_seq, at, purged_to } = erasure
  const slice = messages.nonces(sql, authorId, purged_to, SLICE)
  storage.transactionSync(() => {
    let [done, indexed] = [0, 0]
    for (const { seq } of slice) {
      if (indexed > INDEXED) break
      done += 1
      if (seq < from_seq || seq > to_seq) continue
      indexed += tombstones.lay(sql, seq, at)
      trash.add(storage, 'message_seq = ?', seq, now)
    }
    const key = [authorId, from_seq, to_seq]
    const where = 'where author_id = ? and from_seq = ? and to_seq = ?'
    const last = slice[done - 1]
    if (last && (done < slice.length || done === SLICE)) {
      sql.exec(`update erasures set purged_to = ? ${where}`, last.nonce, ...key)
    } else {
      sql.exec(`delete from erasures ${where}`, ...key)
    }
    jobs.put(storage, JOB, authorId, now)
  })
}
