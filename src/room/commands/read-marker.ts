import { ApiError } from '../../errors'
import type { ReadMarker, ReadState } from '../../schemas/read-markers'
import type { CommandResult } from '../commit/command-result'
import { authorize } from '../policy/authorize'
import * as readReceipts from '../policy/read-receipts'
import type { State } from '../state/room-state'
import * as members from '../store/members'
import * as mentions from '../store/mentions'
import * as history from '../store/message-pages'
import type { CommandContext } from './command-context'

/** Moves the caller's read marker forward, or anywhere when `unread` says that this is meant. */
export function moveReadMarker(
  context: CommandContext,
  { seq, unread }: ReadMarker,
): CommandResult<ReadState> {
  const { state, caller, now } = context
  const { sql, head, activity } = state
  const { userId } = caller
  const { role } = authorize(context, 'room.read')
  if (!role)
    throw new ApiError('forbidden', 'Join this room first: only members have a read marker.')
  if (seq > head.seq) throw new ApiError('invalid', `seq: this room is at ${head.seq}.`)
  const person = activity.apply(members.get(sql, userId))
  if (seq === person.readSeq || (seq < person.readSeq && !unread)) {
    return { value: readStateOf(state, userId, person.readSeq, person.readN) }
  }
  // When it moves back, what the member posted must not be counted as read again after a crash.
  if (seq < person.readSeq) activity.fold(sql, head)
  const n = history.countUpTo(sql, seq)
  members.mark(sql, userId, seq, n)
  return {
    value: readStateOf(state, userId, seq, n),
    live: readReceipts.arePublic(sql) ? [{ type: 'read', userId, seq }] : [],
    updateMemory: () => activity.visited(userId, now),
  }
}

const readStateOf = ({ sql, head }: State, userId: string, seq: number, n: number): ReadState => ({
  seq,
  unread: head.n - n,
  unreadMentions: mentions.unread(sql, userId, n),
})
