import { ApiError } from '../../errors'
import type { ReadMarker, ReadState } from '../../schemas/read-markers'
import type { CommandResult } from '../commit/command-result'
import { authorize } from '../policy/authorize'
import * as readReceipts from '../policy/read-receipts'
import type { RoomState } from '../state/room-state'
import * as members from '../store/members'
import * as mentions from '../store/mentions'
import * as messagePages from '../store/message-pages'
import type { CommandContext } from './command-context'

/** Moves the caller's read marker forward, or anywhere when `unread` says that this is meant. */
export function moveReadMarker(
  context: CommandContext,
  { seq, unread }: ReadMarker,
): CommandResult<ReadState> {
  const { state, caller, now } = context
  const { sql, sequence, memberCounters } = state
  const { userId } = caller
  const { role } = authorize(context, 'room.read')
  if (!role)
    throw new ApiError('forbidden', 'Join this room first: only members have a read marker.')
  if (seq > sequence.seq) throw new ApiError('invalid', `seq: this room is at ${sequence.seq}.`)
  const member = memberCounters.addTo(members.get(sql, userId))
  if (seq === member.readSeq || (seq < member.readSeq && !unread)) {
    return { value: readStateOf(state, userId, member.readSeq, member.readN) }
  }
  // When it moves back, what the member posted must not be counted as read again after a crash.
  if (seq < member.readSeq) memberCounters.write(sql, sequence)
  const n = messagePages.countUpTo(sql, seq)
  members.moveReadMarker(sql, userId, seq, n)
  return {
    value: readStateOf(state, userId, seq, n),
    live: readReceipts.arePublic(sql) ? [{ type: 'read', userId, seq }] : [],
    updateMemory: () => memberCounters.recordVisit(userId, now),
  }
}

const readStateOf = (
  { sql, sequence }: RoomState,
  userId: string,
  seq: number,
  n: number,
): ReadState => ({
  seq,
  unread: sequence.n - n,
  unreadMentions: mentions.countUnread(sql, userId, n),
})
