import { ApiError } from '../../errors'
import type { SharedMessage } from '../../schemas/messages'
import * as threadFollows from '../store/threads/thread-follows'
import * as threads from '../store/threads/threads'
import { authorize, type RequestContext } from './authorize'

/** The root of a message's thread, and what the caller, a member, has to do with it. Throws `forbidden`, `not_found`. */
export function findThread(
  context: RequestContext,
  seq: number,
): { root: SharedMessage; follow: threadFollows.ThreadFollow | undefined } {
  const { role, userId } = authorize(context, 'room.read')
  if (!role) throw new ApiError('forbidden', 'Join this room first: only members follow threads.')
  const { sql } = context.state
  const root = threads.get(sql, seq)
  return { root, follow: threadFollows.find(sql, userId, root.seq) }
}
