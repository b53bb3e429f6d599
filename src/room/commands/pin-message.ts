import { ApiError } from '../../errors'
import type { CommandResult } from '../commit/command-result'
import { authorize } from '../policy/authorize'
import * as events from '../store/events'
import * as messages from '../store/messages'
import * as pins from '../store/pins'
import type { CommandContext } from './command-context'

/** Pins a message. Again changes nothing. Throws `gone`, `too_many`. */
export function pinMessage(
  context: CommandContext,
  { seq }: { seq: number },
): CommandResult<{ seq: number }> {
  authorize(context, 'message.pin')
  const { state, caller, now } = context
  const { sql, sequence } = state
  const message = messages.get(sql, seq)
  if (message.deletedAt) throw new ApiError('gone', 'This message was deleted.')
  if (message.pinned) return { value: { seq: sequence.seq } }
  pins.put(sql, seq, caller.userId, Math.max(sequence.at, now))
  return changed(context, 'message.pinned', seq)
}

/** Unpins a message. Again changes nothing. */
export function unpinMessage(
  context: CommandContext,
  { seq }: { seq: number },
): CommandResult<{ seq: number }> {
  authorize(context, 'message.pin')
  const { sql, sequence } = context.state
  if (!messages.get(sql, seq).pinned) return { value: { seq: sequence.seq } }
  pins.remove(sql, seq)
  return changed(context, 'message.unpinned', seq)
}

function changed(
  { state, caller, now }: CommandContext,
  type: 'message.pinned' | 'message.unpinned',
  messageSeq: number,
): CommandResult<{ seq: number }> {
  const change = { type, by: caller.userId, messageSeq, audited: true }
  const event = events.append(state.sql, state.sequence, change, now)
  return { value: { seq: event.seq }, events: [event] }
}
