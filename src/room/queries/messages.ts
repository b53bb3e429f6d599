import type { Message, Messages, MessagesQuery } from '../../schemas/messages'
import type { Pin } from '../../schemas/pins'
import { iso } from '../../schemas/primitives'
import type { ThreadState } from '../../schemas/threads'
import type { Author } from '../../schemas/users'
import type { Version } from '../../schemas/versions'
import { authorize, type RequestContext } from '../policy/authorize'
import { findThread } from '../policy/thread-access'
import * as edits from '../store/edits'
import * as messagePages from '../store/message-pages'
import * as messages from '../store/messages'
import * as pins from '../store/pins'
import * as reactions from '../store/reactions'
import * as threads from '../store/threads/threads'

export function readMessage(context: RequestContext, { seq }: { seq: number }): Message {
  authorize(context, 'room.read')
  const { state, caller } = context
  return reactions.personalize(state.sql, caller.userId, messages.get(state.sql, seq))
}

/** The messages with these seqs. */
export function readMessages(context: RequestContext, { seqs }: { seqs: number[] }): Message[] {
  authorize(context, 'room.read')
  const { state, caller } = context
  return reactions.personalizeAll(state.sql, caller.userId, messages.findMany(state.sql, seqs))
}

/** What a message said before its edits, the latest first; nothing of a deleted one. */
export function listVersions(context: RequestContext, { seq }: { seq: number }): Version[] {
  return readMessage(context, { seq }).deletedAt ? [] : edits.list(context.state.sql, seq)
}

export function listMessages(context: RequestContext, query: MessagesQuery): Messages {
  authorize(context, 'room.read')
  const { state, caller } = context
  const { items, older, newer } = messagePages.page(state, query)
  const shown = reactions.personalizeAll(state.sql, caller.userId, items)
  return { items: shown, seq: state.sequence.seq, older, newer }
}

export function listReplies(
  context: RequestContext,
  { seq, after, limit }: { seq: number; after: number; limit: number },
): Message[] {
  authorize(context, 'room.read')
  const { state, caller } = context
  const { seq: root } = messages.get(state.sql, seq)
  const found = threads.replies(state.sql, root, after, limit)
  return reactions.personalizeAll(state.sql, caller.userId, found)
}

/** The thread of a message as the caller, who must be a member, sees it. */
export function readThread(context: RequestContext, { seq }: { seq: number }): ThreadState {
  const { root, follow } = findThread(context, seq)
  return threads.stateOf(root, follow)
}

export function listReactors(
  context: RequestContext,
  { seq, emoji, after, limit }: { seq: number; emoji: string; after: string; limit: number },
): Author[] {
  if (readMessage(context, { seq }).deletedAt) return []
  return reactions.reactors(context.state.sql, { seq, emoji }, after, limit)
}

export function listPins(
  context: RequestContext,
  { before, limit }: { before: pins.PinCursor | null; limit: number },
): Pin[] {
  authorize(context, 'room.read')
  const { state, caller } = context
  const found = pins.list(state.sql, before, limit)
  const shown = reactions.personalizeAll(
    state.sql,
    caller.userId,
    found.map((pin) => pin.message),
  )
  return found.flatMap(({ pinnedBy, pinnedAt }, index) => {
    const message = shown[index]
    return message ? [{ message, pinnedBy, pinnedAt: iso(pinnedAt) }] : []
  })
}
