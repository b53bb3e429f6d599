import type { CommandResult } from '../commit/command-result'
import { authorize } from '../policy/authorize'
import { requireCapability } from '../policy/permissions'
import { requireHigherRole } from '../policy/role-hierarchy'
import * as events from '../store/events'
import * as mediaTrash from '../store/media/media-trash'
import * as members from '../store/members'
import * as messages from '../store/messages'
import type { CommandContext } from './command-context'
import { layTombstone, markIfLast } from './tombstone'

/** Leaves a tombstone of one's own message, or of one by someone of a lower role. Again changes nothing. */
export function deleteMessage(
  context: CommandContext,
  { seq, reason }: { seq: number; reason?: string | undefined },
): CommandResult<{ seq: number }> {
  const { state, caller, now } = context
  const { sql, sequence } = state
  const actor = authorize(context, 'room.read')
  const message = messages.get(sql, seq)
  const isOwn = message.author.id === caller.userId
  requireCapability(actor, isOwn ? 'message.delete.own' : 'message.delete.any', now)
  if (!isOwn) requireHigherRole(actor, members.get(sql, message.author.id))
  if (message.deletedAt) return { value: { seq: sequence.seq } }
  layTombstone(sql, seq, Math.max(sequence.at, now))
  mediaTrash.discard(state.storage, 'message_seq = ?', seq, now)
  markIfLast(state, message)
  const deleted = {
    type: 'message.deleted',
    by: caller.userId,
    userId: message.author.id,
    messageSeq: seq,
    reason,
    audited: !isOwn,
  } as const
  const event = events.append(sql, sequence, deleted, now)
  return { value: { seq: event.seq }, events: [event] }
}
