import type { Event } from '../../schemas/events'
import type { CommandResult } from '../commit/command-result'
import { authorize } from '../policy/authorize'
import { requireHigherRole } from '../policy/role-hierarchy'
import type { RoomState } from '../state/room-state'
import * as events from '../store/events'
import * as jobs from '../store/jobs'
import * as mediaTrash from '../store/media/media-trash'
import * as members from '../store/members'
import * as messagePages from '../store/message-pages'
import * as messages from '../store/messages'
import * as settings from '../store/settings'
import type { CommandContext } from './command-context'
import { layTombstone } from './tombstone'

const JOB = 'purge'
// A slice takes a few milliseconds; others post between slices.
const SLICE = 500
// In a room that was searched, the search index decides: removing a message from a large one takes tens of microseconds.
const MAX_INDEXED_CHARACTERS = 2000

/** Whose messages go, and which: a range of the room's sequence. */
interface Erasure {
  authorId: string
  from: number
  to: number
  by: string
  reason?: string | undefined
}

/**
 * Erases what one person wrote in a range. From this moment the messages read as tombstones, by a row that every
 * reading query looks up; a job then purges what is stored, slice by slice.
 */
export function beginErasure(
  { sql, storage, sequence }: RoomState,
  { authorId, from, to, by, reason }: Erasure,
  now: number,
): Event {
  settings.markDirty(sql, sequence)
  const event = events.append(
    sql,
    sequence,
    {
      type: 'messages.erased',
      by,
      userId: authorId,
      fromSeq: from,
      messageSeq: to,
      reason,
      audited: by !== authorId,
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
  jobs.schedule(storage, JOB, authorId, now)
  return event
}

/** Whose messages of which time go. Times are milliseconds since the epoch. */
export interface BulkDeleteInput {
  authorId: string
  since: number
  until: number
  reason: string | undefined
}

/** Deletes what someone of a lower role wrote between two times, as one event. */
export function bulkDelete(
  context: CommandContext,
  { authorId, since, until, reason }: BulkDeleteInput,
): CommandResult<null> {
  const actor = authorize(context, 'message.delete.any')
  const { state, caller, now } = context
  const { sql, sequence } = state
  const author = members.get(sql, authorId)
  if (author.userId !== caller.userId) requireHigherRole(actor, author)
  const from = messagePages.firstSince(sql, sequence.seq, since)
  const to = messagePages.firstSince(sql, sequence.seq, until) - 1
  if (to < from) return { value: null }
  const erasure = { authorId, from, to, by: caller.userId, reason }
  return { value: null, events: [beginErasure(state, erasure, now)] }
}

/** The job: purges one slice of what an author wrote, in the order of its nonces (there is an index). */
export function purgeErasure(storage: DurableObjectStorage, authorId: string, now: number): void {
  const { sql } = storage
  const [erasure] = sql
    .exec<{ from_seq: number; to_seq: number; at: number; purged_to: string }>(
      'select from_seq, to_seq, at, purged_to from erasures where author_id = ? limit 1',
      authorId,
    )
    .toArray()
  if (!erasure) {
    jobs.cancel(storage, JOB, authorId)
    return
  }
  const { from_seq, to_seq, at, purged_to } = erasure
  const slice = messages.listNonces(sql, authorId, purged_to, SLICE)
  storage.transactionSync(() => {
    let [purged, indexed] = [0, 0]
    for (const { seq } of slice) {
      if (indexed > MAX_INDEXED_CHARACTERS) break
      purged += 1
      if (seq < from_seq || seq > to_seq) continue
      indexed += layTombstone(sql, seq, at)
      mediaTrash.discard(storage, 'message_seq = ?', seq, now)
    }
    const key = [authorId, from_seq, to_seq]
    const where = 'where author_id = ? and from_seq = ? and to_seq = ?'
    const last = slice[purged - 1]
    if (last && (purged < slice.length || purged === SLICE)) {
      sql.exec(`update erasures set purged_to = ? ${where}`, last.nonce, ...key)
    } else {
      sql.exec(`delete from erasures ${where}`, ...key)
    }
    jobs.schedule(storage, JOB, authorId, now)
  })
}
