import { ApiError } from '../../errors'
import { enforceLimit } from '../../rate-limit/token-bucket'
import type { SharedMessage } from '../../schemas/messages'
import type { Outcome } from '../commit/commit-queue'
import type { Caller } from '../policy/authorize'
import * as actors from '../policy/authorize'
import type { State } from '../state/room-state'
import * as events from '../store/events'
import * as messages from '../store/messages'
import * as reactions from '../store/reactions'

/** Gives an emoji to a message; again changes nothing. Throws `gone`, `too_many`. */
export function add(
  state: State,
  caller: Caller,
  seq: number,
  emoji: string,
  now: number,
): Outcome<{ seq: number }> {
  const message = find(state, caller, seq, now)
  if (message.deletedAt) throw new ApiError('gone', 'This message was deleted.')
  if (!reactions.add(state.sql, message, emoji, caller.userId)) return unchanged(state)
  return changed(state, 'reaction.added', caller, seq, emoji, now)
}

/** Takes one's own emoji back; again changes nothing. */
export function remove(
  state: State,
  caller: Caller,
  seq: number,
  emoji: string,
  now: number,
): Outcome<{ seq: number }> {
  const message = find(state, caller, seq, now)
  // The rows of an erased one may not be purged yet.
  if (message.deletedAt) return unchanged(state)
  if (!reactions.remove(state.sql, message, emoji, caller.userId)) return unchanged(state)
  return changed(state, 'reaction.removed', caller, seq, emoji, now)
}

function find(state: State, caller: Caller, seq: number, now: number): SharedMessage {
  actors.able(state, caller, 'message.react', now)
  enforceLimit(state.rates.posts, caller.userId, now)
  return messages.get(state.sql, seq)
}

const unchanged = ({ head }: State) => ({ value: { seq: head.seq } })

function changed(
  { sql, head }: State,
  type: 'reaction.added' | 'reaction.removed',
  { userId }: Caller,
  messageSeq: number,
  emoji: string,
  now: number,
): Outcome<{ seq: number }> {
  const event = events.append(sql, head, { type, by: userId, userId, messageSeq, emoji }, now)
  return { value: { seq: event.seq }, events: [event] }
}
