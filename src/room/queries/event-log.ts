import { ApiError } from '../../errors'
import type { Event, Events, EventsQuery, Snapshot } from '../../schemas/events'
import { authorize, type RequestContext } from '../policy/authorize'
import type { State } from '../state/room-state'
import * as events from '../store/events'
import * as history from '../store/message-pages'
import * as view from '../store/room-view'

/** Further behind than this, a snapshot is cheaper for everybody than a replay. */
export const MAX_REPLAY = 1000
const SNAPSHOT_MESSAGES = 50

/** The durable changes after a seq, or a snapshot when that is too far behind. */
export function listEvents(context: RequestContext, { after, limit }: EventsQuery): Events {
  authorize(context, 'room.read')
  const { sql, head } = context.state
  requirePast(head.seq, after)
  if (head.seq - after > MAX_REPLAY) return { limited: true, snapshot: snapshot(sql) }
  const items = events.after(sql, after, limit)
  return { items, seq: head.seq, more: after + items.length < head.seq }
}

/** Everything after a seq at once, for a socket that resumes; null when that is too far behind. */
export function replay({ sql, head }: State, after: number): Event[] | null {
  requirePast(head.seq, after)
  return head.seq - after > MAX_REPLAY ? null : events.after(sql, after, MAX_REPLAY)
}

export function snapshot(sql: SqlStorage): Snapshot {
  const room = view.shared(sql)
  return { seq: room.seq, room, messages: history.before(sql, room.seq + 1, SNAPSHOT_MESSAGES) }
}

function requirePast(seq: number, after: number): void {
  if (after <= seq) return
  throw new ApiError('invalid', `after: this room is at ${seq}; nobody can have seen ${after}.`)
}
