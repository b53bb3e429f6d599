import type { SharedMessage } from '../../schemas/messages'
import type { ThreadMarker, ThreadState } from '../../schemas/threads'
import type { CommandResult } from '../commit/command-result'
import { findThread } from '../policy/thread-access'
import { preserveCache } from '../state/read-cache'
import * as readPositions from '../store/read-positions'
import * as threadFollows from '../store/threads/thread-follows'
import * as threads from '../store/threads/threads'
import type { CommandContext } from './command-context'

interface ThreadInput {
  /** Any message of the thread. */
  seq: number
}

/** Makes the caller follow a thread; what it has so far counts as read. Again changes nothing. Throws `forbidden`, `not_found`. */
export function followThread(
  context: CommandContext,
  input: ThreadInput,
): CommandResult<ThreadState> {
  const { root, follow } = findThread(context, input.seq)
  if (follow?.following) return { value: threads.stateOf(root, follow) }
  return save(context, root, { readCount: root.replyCount, following: true })
}

/** Ends it. Replying follows again, being mentioned does not. */
export function unfollowThread(
  context: CommandContext,
  input: ThreadInput,
): CommandResult<ThreadState> {
  const { root, follow } = findThread(context, input.seq)
  if (follow?.following === false) return { value: threads.stateOf(root, follow) }
  return save(context, root, { readCount: root.replyCount, following: false })
}

/** Moves the caller's read marker in a thread. Changes nothing if they do not follow it. */
export function markThread(
  context: CommandContext,
  { seq, readSeq, unread }: ThreadInput & ThreadMarker,
): CommandResult<ThreadState> {
  const { root, follow } = findThread(context, seq)
  if (!follow?.following) return { value: threads.stateOf(root, follow) }
  const readCount = root.replyCount - threads.countAfter(context.state.sql, root.seq, readSeq)
  const isForward = readCount > follow.readCount || (unread && readCount !== follow.readCount)
  if (!isForward) return { value: threads.stateOf(root, follow) }
  return save(context, root, { readCount, following: true })
}

function save(
  { state, caller, now }: CommandContext,
  root: SharedMessage,
  change: { readCount: number; following: boolean },
): CommandResult<ThreadState> {
  const { sql, sequence } = state
  const follow = { ...change, rootSeq: root.seq }
  const { userId } = caller
  preserveCache(state, () => threadFollows.save(sql, sequence, userId, follow))
  readPositions.countMark(sql, userId)
  const value = threads.stateOf(root, follow)
  return {
    value,
    personal: [{ userId, live: [{ type: 'thread', userId, ...value }] }],
    // This also makes the next sync send the row.
    updateMemory: () => state.memberCounters.recordVisit(userId, now),
  }
}
