import { ApiError } from '../../errors'
import type { Message } from '../../schemas/messages'
import type { CommandResult } from '../commit/command-result'
import { authorize } from '../policy/authorize'
import { requireCapability } from '../policy/permissions'
import * as searchIndex from '../search/fts-index'
import * as versions from '../store/edits'
import * as events from '../store/events'
import * as messages from '../store/messages'
import * as reactions from '../store/reactions'
import type { CommandContext } from './command-context'
import { markIfLast } from './tombstone'

/** Changes the text of one's own message. The same text again changes nothing. Throws `forbidden`, `gone`. */
export function editMessage(
  context: CommandContext,
  { seq, text }: { seq: number; text: string },
): CommandResult<{ message: Message; seq: number }> {
  const { state, caller, now } = context
  const { sql, head } = state
  const { userId } = caller
  const actor = authorize(context, 'room.read')
  const message = messages.get(sql, seq)
  if (message.author.id !== userId) {
    throw new ApiError('forbidden', 'You can edit only your own messages.')
  }
  requireCapability(actor, 'message.edit.own', now)
  if (message.deletedAt) throw new ApiError('gone', 'This message was deleted.')
  const shown = () => reactions.personal(sql, userId, messages.get(sql, seq))
  if (message.text === text) return { value: { message: shown(), seq: head.seq } }
  versions.keep(sql, seq, message.text ?? '', Date.parse(message.editedAt ?? message.createdAt))
  searchIndex.remove(sql, seq)
  messages.edit(sql, seq, text, Math.max(head.at, now))
  searchIndex.add(sql, seq)
  markIfLast(state, message)
  const edited = { type: 'message.edited', by: userId, messageSeq: seq } as const
  const event = events.append(sql, head, edited, now)
  return { value: { message: shown(), seq: event.seq }, events: [event] }
}
