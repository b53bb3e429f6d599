import type { Message, Messages, MessagesQuery } from '../../schemas/messages'
import type { Pin } from '../../schemas/pins'
import { iso } from '../../schemas/primitives'
import type { Author } from '../../schemas/users'
import type { Version } from '../../schemas/versions'
import type { Caller } from '../policy/authorize'
import type { State } from '../state/room-state'
import * as versions from '../store/edits'
import * as history from '../store/message-pages'
import * as messages from '../store/messages'
import * as pins from '../store/pins'
import * as reactions from '../store/reactions'
import * as threads from '../store/threads'
import { reader } from './room'

export function message(state: State, caller: Caller, seq: number, now: number): Message {
  reader(state, caller, now)
  return reactions.personal(state.sql, caller.userId, messages.get(state.sql, seq))
}

/** Of the messages with these seqs, those that are not deleted. */
export function those(state: State, caller: Caller, seqs: number[], now: number): Message[] {
  reader(state, caller, now)
  const found = messages.those(state.sql, seqs).filter(({ deletedAt }) => deletedAt === null)
  return reactions.personalAll(state.sql, caller.userId, found)
}

export function versionsOf(state: State, caller: Caller, seq: number, now: number): Version[] {
  return message(state, caller, seq, now).deletedAt ? [] : versions.list(state.sql, seq)
}

export function page(state: State, caller: Caller, query: MessagesQuery, now: number): Messages {
  reader(state, caller, now)
  const { items, older, newer } = history.page(state, query)
  const shown = reactions.personalAll(state.sql, caller.userId, items)
  return { items: shown, seq: state.head.seq, older, newer }
}

export function replies(
  state: State,
  caller: Caller,
  seq: number,
  after: number,
  limit: number,
  now: number,
): Message[] {
  reader(state, caller, now)
  const { seq: root } = messages.get(state.sql, seq)
  const found = threads.replies(state.sql, root, after, limit)
  return reactions.personalAll(state.sql, caller.userId, found)
}

export function reactors(
  state: State,
  caller: Caller,
  seq: number,
  emoji: string,
  after: string,
  limit: number,
  now: number,
): Author[] {
  return message(state, caller, seq, now).deletedAt
    ? []
    : reactions.reactors(state.sql, seq, emoji, after, limit)
}

export function pinned(
  state: State,
  caller: Caller,
  before: pins.Place | null,
  limit: number,
  now: number,
): Pin[] {
  reader(state, caller, now)
  const found = pins.list(state.sql, before, limit)
  const shown = reactions.personalAll(
    state.sql,
    caller.userId,
    found.map((pin) => pin.message),
  )
  return found.flatMap(({ pinnedBy, pinnedAt }, index) => {
    const message = shown[index]
    return message ? [{ message, pinnedBy, pinnedAt: iso(pinnedAt) }] : []
  })
}
