import { ApiError } from '../../errors'
import type { ReadMarker, ReadState } from '../../schemas/read-markers'
import type { Outcome } from '../commit/commit-queue'
import type { Caller } from '../policy/authorize'
import * as actors from '../policy/authorize'
import type { State } from '../state/room-state'
import * as members from '../store/members'
import * as mentions from '../store/mentions'
import * as history from '../store/message-pages'
import * as settings from '../store/settings'

/** Above this many members nobody is told who read what. */
const MAX_TOLD = 50

/** Moves one's read marker forward, or anywhere when `unread` says that this is meant. */
export function move(
  state: State,
  caller: Caller,
  { seq, unread }: ReadMarker,
  now: number,
): Outcome<ReadState> {
  const { sql, head, activity } = state
  const { userId } = caller
  const { role } = actors.able(state, caller, 'room.read', now)
  if (!role) throw new ApiError('forbidden', 'Only members have a read marker.')
  if (seq > head.seq) throw new ApiError('invalid', `seq: this room is at ${head.seq}.`)
  const person = activity.apply(members.get(sql, userId))
  if (seq === person.readSeq || (seq < person.readSeq && !unread)) {
    return { value: stateOf(state, userId, person.readSeq, person.readN) }
  }
  // Going back: what one posted must not be counted as read again after a crash.
  if (seq < person.readSeq) activity.fold(sql, head)
  const n = history.countUpTo(sql, seq)
  members.mark(sql, userId, seq, n)
  return {
    value: stateOf(state, userId, seq, n),
    live: areTold(sql) ? [{ type: 'read', userId, seq }] : [],
    done: () => activity.visited(userId, now),
  }
}

/** Whether everybody is told how far everybody has read. */
export function areTold(sql: SqlStorage): boolean {
  const { receipts, memberCount } = settings.read(sql)
  return receipts === 'public' && memberCount <= MAX_TOLD
}

const stateOf = ({ sql, head }: State, userId: string, seq: number, n: number): ReadState => ({
  seq,
  unread: head.n - n,
  unreadMentions: mentions.unread(sql, userId, n),
})
