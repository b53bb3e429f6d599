import { ApiError } from '../../errors'
import { enforceLimit } from '../../rate-limit/token-bucket'
import type { Message } from '../../schemas/messages'
import type { CommandResult } from '../commit/command-result'
import { authorize } from '../policy/authorize'
import { requireCapability } from '../policy/permissions'
import * as ftsIndex from '../search/fts-index'
import * as edits from '../store/edits'
import * as events from '../store/events'
import * as messages from '../store/messages'
import * as reactions from '../store/reactions'
import type { CommandContext } from './command-context'
import { markIfLast } from './tombstone'

/** Changes the text of one's own message. The same text again changes nothing. Throws `forbidden`, `gone`, `rate_limited`. */
export function editMessage(
  context: CommandContext,
  { seq, text }: { seq: number; text: string },
): CommandResult<{ message: Message; seq: number }> {
  const { state, caller, now } = context
  const { sql, sequence } = state
  const { userId } = caller
  const actor = authorize(context, 'room.read')
  const message = messages.get(sql, seq)
  if (message.author.id !== userId) {
    throw new ApiError('forbidden', 'You can edit only your own messages.')
  }
  requireCapability(actor, 'message.edit.own', now)
  if (message.deletedAt) throw new ApiError('gone', 'This message was deleted.')
  const shown = () => reactions.personalize(sql, userId, messages.get(sql, seq))
  if (message.text === text) return { value: { message: shown(), seq: sequence.seq } }
  // An edit writes and tells as much as a post, so both share one limit.
  enforceLimit(state.rates.posts, userId, now)
  edits.record(sql, seq, message.text ?? '', Date.parse(message.editedAt ?? message.createdAt))
  ftsIndex.removeMessage(sql, seq)
  messages.edit(sql, seq, text, Math.max(sequence.at, now))
  ftsIndex.addMessage(sql, seq)
  markIfLast(state, message)
  const edited = { type: 'message.edited', by: userId, messageSeq: seq } as const
  const event = events.append(sql, sequence, edited, now)
  return { value: { message: shown(), seq: event.seq }, events: [event] }
}
