import type { CommandResult } from '../commit/command-result'
import { authorize } from '../policy/authorize'
import * as authors from '../store/author-cache'
import type { CommandContext } from './command-context'

/** Tells the room that someone is writing, at most every five seconds. */
export function typing(context: CommandContext): CommandResult<{ seq: number }> {
  const { member } = authorize(context, 'message.post')
  const { state, caller, profile, now } = context
  const { userId } = caller
  const isTold = state.rates.typing.consume(userId, now) === 0
  // A room keeps no row of strangers, and an old one of those who left.
  const shown = () => {
    if (profile) return authors.toAuthor({ ...profile, userId })
    return member ? authors.toAuthor(member) : authors.authorOf(state.sql, userId)
  }
  return {
    value: { seq: state.sequence.seq },
    live: isTold ? [{ type: 'typing', userId, user: shown() }] : [],
  }
}
