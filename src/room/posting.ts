import type { Profile } from '../directory/profiles'
import { ApiError } from '../errors'
import type { Event } from '../schemas/events'
import type { Message, NewMessage } from '../schemas/messages'
import * as events from './events'
import type { Outcome } from './flush'
import * as members from './members'
import * as membership from './membership'
import * as messages from './messages'
import { require } from './permissions'
import { limit } from './rates'
import * as settings from './settings'
import type { State } from './state'
import * as versions from './versions'

export interface Posted {
  message: Message
  /** false when the nonce was known: this is the first message with it. */
  isNew: boolean
}

/** Posts a message; in an open room a stranger joins by it, for which their profile is needed. */
export function post(
  { sql, head, activity, rates }: State,
  userId: string,
  profile: Profile | undefined,
  input: NewMessage,
  now: number,
): Outcome<Posted> {
  // A repeat is answered before anything else is asked: the first answer may have been lost.
  const first = messages.findByNonce(sql, userId, input.nonce)
  if (first) return { value: { message: first, isNew: false } }
  const told: Event[] = []
  let author = members.find(sql, userId)
  if (author) membership.refuseSuspended(author.suspendedUntil, now)
  require(author?.role ?? null, 'message.post')
  limit(rates.posts, userId, now)
  if (!author?.role) {
    const joined = membership.join({ sql, head }, profile, 'member', now)
    author = joined.person
    told.push(joined.event)
  }
  const { nonce, text } = input
  const message = messages.append(sql, head, { author: members.toAuthor(author), nonce, text }, now)
  told.push(events.posted(message))
  return {
    value: { message, isNew: true },
    events: told,
    done: () => activity.posted(userId, message.seq, message.n, head.at),
  }
}

/** Changes the text of one's own message; the same text again changes nothing. */
export function edit(
  { sql, head }: State,
  userId: string,
  seq: number,
  text: string,
  now: number,
): Outcome<{ message: Message; seq: number }> {
  const message = own(sql, userId, seq, 'message.edit.own', now)
  if (message.deletedAt) throw new ApiError('gone', 'This message was deleted.')
  if (message.text === text) return { value: { message, seq: head.seq } }
  versions.keep(sql, seq, message.text ?? '', Date.parse(message.editedAt ?? message.createdAt))
  messages.edit(sql, seq, text, Math.max(head.at, now))
  touchIfLast({ sql, head }, message)
  const event = events.append(
    sql,
    head,
    { type: 'message.edited', by: userId, messageSeq: seq },
    now,
  )
  return { value: { message: messages.get(sql, seq), seq: event.seq }, events: [event] }
}

/** Leaves a tombstone of one's own message; deleting it again changes nothing. */
export function remove(
  { sql, head }: State,
  userId: string,
  seq: number,
  now: number,
): Outcome<{ seq: number }> {
  const message = own(sql, userId, seq, 'message.delete.own', now)
  if (message.deletedAt) return { value: { seq: head.seq } }
  messages.bury(sql, seq, Math.max(head.at, now))
  versions.purge(sql, seq)
  touchIfLast({ sql, head }, message)
  const event = events.append(
    sql,
    head,
    { type: 'message.deleted', by: userId, messageSeq: seq },
    now,
  )
  return { value: { seq: event.seq }, events: [event] }
}

// The directory shows a preview of the last message.
function touchIfLast({ sql, head }: Pick<State, 'sql' | 'head'>, message: Message): void {
  if (message.n === head.n) settings.touch(sql, head)
}

function own(
  sql: SqlStorage,
  userId: string,
  seq: number,
  capability: 'message.edit.own' | 'message.delete.own',
  now: number,
): Message {
  const message = messages.get(sql, seq)
  const person = members.find(sql, userId)
  if (person) membership.refuseSuspended(person.suspendedUntil, now)
  require(person?.role ?? null, capability)
  if (message.author.id !== userId) {
    throw new ApiError('forbidden', 'Only its author may do this to a message.')
  }
  return message
}
