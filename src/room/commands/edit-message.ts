import { ApiError } from '../../errors'
import type { Message, SharedMessage } from '../../schemas/messages'
import type { Outcome } from '../commit/commit-queue'
import type { Caller } from '../policy/authorize'
import * as actors from '../policy/authorize'
import { require } from '../policy/permissions'
import { outrank } from '../policy/role-hierarchy'
import * as searchIndex from '../search/fts-index'
import type { State } from '../state/room-state'
import * as versions from '../store/edits'
import * as events from '../store/events'
import * as trash from '../store/media-trash'
import * as members from '../store/members'
import * as messages from '../store/messages'
import * as reactions from '../store/reactions'
import * as settings from '../store/settings'
import * as tombstones from './tombstone'

/** Changes the text of one's own message; the same text again changes nothing. */
export function edit(
  state: State,
  caller: Caller,
  seq: number,
  text: string,
  now: number,
): Outcome<{ message: Message; seq: number }> {
  const { sql, head } = state
  const actor = actors.able(state, caller, 'room.read', now)
  const message = messages.get(sql, seq)
  if (message.author.id !== caller.userId) {
    throw new ApiError('forbidden', 'Only its author may change a message.')
  }
  require(actor.rules, actor, 'message.edit.own', now)
  if (message.deletedAt) throw new ApiError('gone', 'This message was deleted.')
  const shown = () => reactions.personal(sql, caller.userId, messages.get(sql, seq))
  if (message.text === text) return { value: { message: shown(), seq: head.seq } }
  versions.keep(sql, seq, message.text ?? '', Date.parse(message.editedAt ?? message.createdAt))
  searchIndex.remove(sql, seq)
  messages.edit(sql, seq, text, Math.max(head.at, now))
  searchIndex.add(sql, seq)
  touchIfLast(state, message)
  const edited = { type: 'message.edited', by: caller.userId, messageSeq: seq } as const
  const event = events.append(sql, head, edited, now)
  return { value: { message: shown(), seq: event.seq }, events: [event] }
}

/** Leaves a tombstone of one's own message, or of one by someone of a lower role; again changes nothing. */
export function remove(
  state: State,
  caller: Caller,
  seq: number,
  reason: string | undefined,
  now: number,
): Outcome<{ seq: number }> {
  const { sql, head } = state
  const actor = actors.able(state, caller, 'room.read', now)
  const message = messages.get(sql, seq)
  const isOwn = message.author.id === caller.userId
  require(actor.rules, actor, isOwn ? 'message.delete.own' : 'message.delete.any', now)
  if (!isOwn) outrank(actor, members.get(sql, message.author.id))
  if (message.deletedAt) return { value: { seq: head.seq } }
  tombstones.lay(sql, seq, Math.max(head.at, now))
  trash.add(state.storage, 'message_seq = ?', seq, now)
  touchIfLast(state, message)
  const event = events.append(
    sql,
    head,
    {
      type: 'message.deleted',
      by: caller.userId,
      userId: message.author.id,
      messageSeq: seq,
      reason,
      audited: !isOwn,
    },
    now,
  )
  return { value: { seq: event.seq }, events: [event] }
}

// The directory shows a preview of the last message.
function touchIfLast({ sql, head }: State, message: SharedMessage): void {
  if (message.n === head.n) settings.touch(sql, head)
}
