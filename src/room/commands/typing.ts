import type { CommandResult } from '../commit/command-result'
import { authorize } from '../policy/authorize'
import type { CommandContext } from './command-context'

/** Tells the room that someone is writing, at most every five seconds. */
export function typing(context: CommandContext): CommandResult<{ seq: number }> {
  authorize(context, 'message.post')
  const { state, caller, now } = context
  const { userId } = caller
  const isTold = state.rates.typing.consume(userId, now) === 0
  return { value: { seq: state.sequence.seq }, live: isTold ? [{ type: 'typing', userId }] : [] }
}
