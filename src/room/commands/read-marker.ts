import { ApiError } from '../../errors'
import type { ReadMarker, ReadState } from '../../schemas/read-markers'
import type { CommandResult } from '../commit/command-result'
import { authorize } from '../policy/authorize'
import * as readReceipts from '../policy/read-receipts'
import type { RoomState } from '../state/room-state'
import * as authors from '../store/author-cache'
import * as members from '../store/members'
import * as mentions from '../store/mentions'
import * as readPositions from '../store/read-positions'
import * as timeline from '../store/timeline/timeline'
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
    return { value: readStateOf(state, userId, positionOf(member)) }
  }
  // When it moves back, what the member posted must not be counted as read again after a crash.
  if (seq < member.readSeq) memberCounters.write(sql, sequence)
  const position = timeline.positionAt(sql, seq)
  const user = authors.authorOf(sql, userId)
  const live = [{ type: 'read' as const, userId, user, seq }]
  readPositions.move(sql, userId, position)
  return {
    value: readStateOf(state, userId, position),
    ...(readReceipts.arePublic(sql) ? { live } : { personal: [{ userId, live }] }),
    updateMemory: () => memberCounters.recordVisit(userId, now),
  }
}

const positionOf = ({
  readSeq,
  readN,
  readT,
}: members.MemberRecord): readPositions.ReadPosition => ({
  seq: readSeq,
  n: readN,
  t: readT,
})

const readStateOf = (
  { sql, sequence }: RoomState,
  userId: string,
  { seq, n, t }: readPositions.ReadPosition,
): ReadState => ({
  seq,
  unread: sequence.t - t,
  unreadMentions: mentions.countUnread(sql, userId, n),
})
