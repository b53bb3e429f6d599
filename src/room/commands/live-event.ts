import { enforceLimit } from '../../rate-limit/token-bucket'
import type { LiveEvent } from '../../schemas/live-events'
import { atomic } from '../commit/command-result'
import { authorize } from '../policy/authorize'
import * as authors from '../store/author-cache'
import type { CommandContext } from './command-context'

export type { LiveEvent }

/** Tells the other sockets what a member's client made up. Writes nothing, so it needs no transaction. */
export const sendLiveEvent = atomic((context: CommandContext, { name, data }: LiveEvent) => {
  const { userId, member } = authorize(context, 'live.send')
  const { state, now } = context
  enforceLimit(state.rates.liveEvents, userId, now)
  const user = member ? authors.toAuthor(member) : authors.authorOf(state.sql, userId)
  return {
    value: { seq: state.sequence.seq },
    others: [{ type: 'custom' as const, userId, user, name, data }],
  }
})
