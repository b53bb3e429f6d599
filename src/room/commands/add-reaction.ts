import { ApiError } from '../../errors'
import { enforceLimit } from '../../rate-limit/token-bucket'
import type { Event } from '../../schemas/events'
import type { SharedMessage } from '../../schemas/messages'
import type { CommandResult } from '../commit/command-result'
import { type Actor, authorize } from '../policy/authorize'
import * as events from '../store/events'
import * as messages from '../store/messages'
import * as reactions from '../store/reactions'
import type { CommandContext } from './command-context'
import { admitVisitor } from './join-leave'

interface ReactionInput {
  seq: number
  emoji: string
}

/**
 * Adds the caller's reaction. Again changes nothing. In an open room a stranger joins by it, for which their profile is
 * needed. Throws `gone`, and `too_many` past the kinds a message takes.
 */
export function addReaction(
  context: CommandContext,
  input: ReactionInput,
): CommandResult<{ seq: number }> {
  const { actor, message } = find(context, input)
  if (message.deletedAt) throw new ApiError('gone', 'This message was deleted.')
  const { state, caller } = context
  if (!reactions.add(state.sql, message, input.emoji, caller.userId)) return unchanged(context)
  const { event: joined } = admitVisitor(context, actor)
  return changed(context, 'reaction.added', input, joined)
}

/** Removes the caller's reaction. Again changes nothing. */
export function removeReaction(
  context: CommandContext,
  input: ReactionInput,
): CommandResult<{ seq: number }> {
  const { message } = find(context, input)
  // The rows of an erased message may not be purged yet.
  if (message.deletedAt) return unchanged(context)
  const { state, caller } = context
  if (!reactions.remove(state.sql, message, input.emoji, caller.userId)) return unchanged(context)
  return changed(context, 'reaction.removed', input)
}

function find(
  context: CommandContext,
  { seq }: ReactionInput,
): { actor: Actor; message: SharedMessage } {
  const actor = authorize(context, 'message.react')
  const { state, caller, now } = context
  enforceLimit(state.rates.posts, caller.userId, now)
  return { actor, message: messages.get(state.sql, seq) }
}

const unchanged = ({ state }: CommandContext) => ({ value: { seq: state.sequence.seq } })

function changed(
  { state, caller, now }: CommandContext,
  type: 'reaction.added' | 'reaction.removed',
  { seq, emoji }: ReactionInput,
  joined?: Event,
): CommandResult<{ seq: number }> {
  const { userId } = caller
  const change = { type, by: userId, userId, messageSeq: seq, emoji }
  const event = events.append(state.sql, state.sequence, change, now)
  return { value: { seq: event.seq }, events: joined ? [joined, event] : [event] }
}
