import { ApiError } from '../../errors'
import type { Outcome } from '../commit/commit-queue'
import type { Caller } from '../policy/authorize'
import * as actors from '../policy/authorize'
import type { State } from '../state/room-state'
import * as events from '../store/events'
import * as messages from '../store/messages'
import * as pins from '../store/pins'

/** Pins a message; again changes nothing. Throws `gone`, `too_many`. */
export function add(
  state: State,
  caller: Caller,
  seq: number,
  now: number,
): Outcome<{ seq: number }> {
  const { sql, head } = state
  actors.able(state, caller, 'message.pin', now)
  const message = messages.get(sql, seq)
  if (message.deletedAt) throw new ApiError('gone', 'This message was deleted.')
  if (message.pinned) return { value: { seq: head.seq } }
  pins.put(sql, seq, caller.userId, Math.max(head.at, now))
  return changed(state, 'message.pinned', caller, seq, now)
}

/** Takes a pin off; again changes nothing. */
export function remove(
  state: State,
  caller: Caller,
  seq: number,
  now: number,
): Outcome<{ seq: number }> {
  const { sql, head } = state
  actors.able(state, caller, 'message.pin', now)
  if (!messages.get(sql, seq).pinned) return { value: { seq: head.seq } }
  pins.remove(sql, seq)
  return changed(state, 'message.unpinned', caller, seq, now)
}

function changed(
  { sql, head }: State,
  type: 'message.pinned' | 'message.unpinned',
  { userId }: Caller,
  messageSeq: number,
  now: number,
): Outcome<{ seq: number }> {
  const event = events.append(sql, head, { type, by: userId, messageSeq, audited: true }, now)
  return { value: { seq: event.seq }, events: [event] }
}
