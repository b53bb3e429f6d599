import type { Event } from '../schemas/events'
import * as events from './events'
import * as jobs from './jobs'
import * as settings from './settings'
import type { State } from './state'

const JOB = 'purge'
// A slice is a few milliseconds; others post between slices.
const SLICE = 500

/**
 * Erases everything that one person wrote: their messages read as tombstones from this moment, by a row
 * that every reading query joins; a job then purges what is stored, slice by slice.
 */
export function begin({ sql, storage, head }: State, authorId: string, now: number): Event {
  const to = head.seq
  settings.touch(sql, head)
  const event = events.append(
    sql,
    head,
    { type: 'messages.erased', by: authorId, userId: authorId, fromSeq: 1, messageSeq: to },
    now,
  )
  sql.exec(
    `insert or replace into erasures (author_id, up_to, at, purged_to) values (?, ?, ?, '')`,
    authorId,
    to,
    Date.parse(event.at),
  )
  jobs.put(storage, JOB, authorId, now)
  return event
}

/** Purges one slice of what an author wrote, in the order of its nonces (there is an index). */
export function purge(storage: DurableObjectStorage, authorId: string, now: number): void {
  const { sql } = storage
  const [erasure] = sql
    .exec<{ up_to: number; at: number; purged_to: string }>(
      'select up_to, at, purged_to from erasures where author_id = ?',
      authorId,
    )
    .toArray()
  if (!erasure) {
    jobs.remove(storage, JOB, authorId)
    return
  }
  const slice = sql
    .exec<{ seq: number; nonce: string }>(
      'select seq, nonce from messages where author_id = ? and nonce > ? order by nonce limit ?',
      authorId,
      erasure.purged_to,
      SLICE,
    )
    .toArray()
  storage.transactionSync(() => {
    for (const { seq } of slice) {
      if (seq <= erasure.up_to) bury(sql, seq, erasure.at)
    }
    const last = slice.at(-1)
    if (last && slice.length === SLICE) {
      sql.exec('update erasures set purged_to = ? where author_id = ?', last.nonce, authorId)
      jobs.put(storage, JOB, authorId, now)
    } else {
      sql.exec('delete from erasures where author_id = ?', authorId)
      jobs.remove(storage, JOB, authorId)
    }
  })
}

function bury(sql: SqlStorage, seq: number, at: number): void {
  sql.exec(
    `update messages set text = null, edited_at = null, deleted_at = coalesce(deleted_at, ?)
    where seq = ?`,
    at,
    seq,
  )
  sql.exec('delete from versions where message_seq = ?', seq)
}
