import type { Profile } from '../directory/profiles'
import { ApiError } from '../errors'
import type { Event } from '../schemas/events'
import type { Message, NewMessage } from '../schemas/messages'
import type { Caller } from './actors'
import * as actors from './actors'
import * as attachments from './attachments'
import * as events from './events'
import type { Outcome } from './flush'
import * as members from './members'
import * as membership from './membership'
import * as messages from './messages'
import { capabilitiesOf, outrank, require } from './permissions'
import { limit } from './rates'
import * as settings from './settings'
import type { State } from './state'
import * as trash from './trash'
import * as versions from './versions'

export interface Posted {
  message: Message
  /** false when the nonce was known: this is the first message with it. */
  isNew: boolean
}

/** Posts a message; in an open room a stranger joins by it, for which their profile is needed. */
export function post(
  state: State,
  caller: Caller,
  profile: Profile | undefined,
  input: NewMessage,
  now: number,
): Outcome<Posted> {
  const { sql, head, activity, rates } = state
  // A repeat is answered before anything else is asked: the first answer may have been lost.
  const first = messages.findByNonce(sql, caller.userId, input.nonce)
  if (first) return { value: { message: first, isNew: false } }
  const actor = actors.able(state, caller, 'message.post', now)
  const at = Math.max(head.at, now)
  if (actor.rules.slowModeSeconds > 0) slowDown(sql, actor, at)
  if (input.attachments) require(actor.rules, actor, 'message.attach', now)
  limit(rates.posts, caller.userId, now)
  const told: Event[] = []
  let author = actor.person
  if (!author?.role) {
    if (author?.isRemoved) {
      throw new ApiError('forbidden', 'You were removed from this room; join it again first.')
    }
    const joined = membership.join(state, profile, 'member', now)
    author = joined.person
    told.push(joined.event)
  }
  const { nonce, text } = input
  const said = messages.append(sql, head, { author: members.toAuthor(author), nonce, text }, now)
  const message = attachments.attach(sql, said, input.attachments ?? [])
  told.push(events.posted(message))
  return {
    value: { message, isNew: true },
    events: told,
    done: () => activity.posted(caller.userId, message.seq, message.n, head.at),
  }
}

function slowDown(sql: SqlStorage, actor: actors.Actor, at: number): void {
  if (capabilitiesOf(actor.rules, actor, at).includes('slow_mode.exempt')) return
  const { slowModeSeconds } = actor.rules
  const wait = (actor.person?.postedAt ?? 0) + slowModeSeconds * 1000 - at
  if (wait > 0) {
    const detail = `This room takes one message of yours in ${slowModeSeconds} seconds.`
    throw new ApiError('slow_mode', detail, { retryAfter: Math.ceil(wait / 1000) })
  }
  members.posted(sql, actor.userId, at)
}

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
  if (message.text === text) return { value: { message, seq: head.seq } }
  versions.keep(sql, seq, message.text ?? '', Date.parse(message.editedAt ?? message.createdAt))
  messages.edit(sql, seq, text, Math.max(head.at, now))
  touchIfLast(state, message)
  const edited = { type: 'message.edited', by: caller.userId, messageSeq: seq } as const
  const event = events.append(sql, head, edited, now)
  return { value: { message: messages.get(sql, seq), seq: event.seq }, events: [event] }
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
  messages.bury(sql, seq, Math.max(head.at, now))
  versions.purge(sql, seq)
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
function touchIfLast({ sql, head }: State, message: Message): void {
  if (message.n === head.n) settings.touch(sql, head)
}
