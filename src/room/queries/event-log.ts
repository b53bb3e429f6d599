import { ApiError } from '../../errors'
import type { Event, Events, EventsQuery, Snapshot } from '../../schemas/events'
import { authorize, type RequestContext } from '../policy/authorize'
import type { RoomState } from '../state/room-state'
import * as events from '../store/events'
import * as messagePages from '../store/message-pages'
import * as roomView from '../store/room-view'

/** Further behind than this, a snapshot is cheaper for everybody than a replay. */
export const MAX_REPLAY = 1000
/** Bytes of a replay: as much as a snapshot can have, but for attachments and names. */
export const MAX_REPLAY_BYTES = 2 * 1024 * 1024
/** Bytes of a page of events. */
export const MAX_PAGE_BYTES = 1024 * 1024
const SNAPSHOT_MESSAGES = 50

/** The durable changes after a seq, or a snapshot when that is too far behind. */
export function listEvents(
  context: RequestContext,
  { after, limit, maxBytes = MAX_PAGE_BYTES }: EventsQuery & { maxBytes?: number | undefined },
): Events {
  authorize(context, 'room.read')
  const { sql, sequence } = context.state
  requirePast(sequence.seq, after)
  if (sequence.seq - after > MAX_REPLAY) return { limited: true, snapshot: snapshot(sql) }
  const items = withinBytes(events.after(sql, after, limit), maxBytes)
  return { items, seq: sequence.seq, more: after + items.length < sequence.seq }
}

/** The first events that fit into so many bytes of UTF-8; at least one, or a client would not get on. */
function withinBytes(found: Event[], maxBytes: number): Event[] {
  let left = maxBytes
  const end = found.findIndex((event) => {
    left -= Buffer.byteLength(JSON.stringify(event))
    return left < 0
  })
  return end === -1 ? found : found.slice(0, Math.max(1, end))
}

/**
 * Everything after a seq at once, for a socket that resumes; null when that is too far behind, or too much. Also null
 * ahead of the room: whatever such a client has is not what happened here, so it takes the snapshot.
 */
export function replay({ sql, sequence }: RoomState, after: number): Event[] | null {
  if (after > sequence.seq) return null
  if (sequence.seq - after > MAX_REPLAY || events.textBytesAfter(sql, after) > MAX_REPLAY_BYTES) {
    return null
  }
  return events.after(sql, after, MAX_REPLAY)
}

export function snapshot(sql: SqlStorage): Snapshot {
  const room = roomView.shared(sql)
  return {
    seq: room.seq,
    room,
    messages: messagePages.before(sql, room.seq + 1, SNAPSHOT_MESSAGES),
  }
}

function requirePast(seq: number, after: number): void {
  if (after <= seq) return
  throw new ApiError('invalid', `after: this room is at ${seq}; nobody can have seen ${after}.`)
}
