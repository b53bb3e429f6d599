import type { Profile } from '../../directory/profiles'
import { ApiError } from '../../errors'
import { enforceLimit } from '../../rate-limit/token-bucket'
import type { Event } from '../../schemas/events'
import type { Message, NewMessage } from '../../schemas/messages'
import type { Author } from '../../schemas/users'
import type { Outcome } from '../commit/commit-queue'
import type { Caller } from '../policy/authorize'
import * as actors from '../policy/authorize'
import { capabilitiesOf, require } from '../policy/permissions'
import { type Known, personOf, rulesOf } from '../state/read-cache'
import { checkpoint, type State } from '../state/room-state'
import * as attachments from '../store/attachments'
import * as events from '../store/events'
import * as members from '../store/members'
import * as mentions from '../store/mentions'
import * as messages from '../store/messages'
import * as reactions from '../store/reactions'
import type { Head } from '../store/sequence'
import * as threads from '../store/threads'
import * as membership from './join-leave'

/** A message to post; with `ifSeq` only if nothing has happened in the room since. */
export type Draft = NewMessage & { ifSeq?: number | undefined }

export interface Posted {
  message: Message
  /** false when the nonce was known: this is the first message with it. */
  isNew: boolean
}

/**
 * Posts a message; in an open room a stranger joins by it, for which their profile is needed. It is
 * atomic by itself: the index of nonces refuses a second message, so that nobody has to look first.
 */
export function post(
  state: State,
  caller: Caller,
  profile: Profile | undefined,
  input: Draft,
  now: number,
): Outcome<Posted> {
  const { sql, storage } = state
  const undo = checkpoint(state)
  const work = () => say(state, caller, profile, input, now)
  try {
    return isOneRow(state, caller, input) ? work() : storage.transactionSync(work)
  } catch (refusal) {
    // A repeat is answered whatever speaks against it now: the first answer may have been lost.
    const first = messages.findByNonce(sql, caller.userId, input.nonce)
    if (!first) throw refusal
    undo()
    return { value: { message: reactions.personal(sql, caller.userId, first), isNew: false } }
  }
}

/** Whether one insert is all that will be written. */
function isOneRow(state: State, { userId }: Caller, input: Draft): boolean {
  const { attachments, mentions, mentionsRoom, replyTo } = input
  if (attachments || mentions || mentionsRoom || replyTo !== undefined) return false
  return rulesOf(state).slowModeSeconds === 0 && Boolean(personOf(state, userId)?.role)
}

function say(
  state: State,
  caller: Caller,
  profile: Profile | undefined,
  input: Draft,
  now: number,
): Outcome<Posted> {
  const { sql, head, activity, rates } = state
  expect(head, input.ifSeq)
  const actor = actors.able(state, caller, 'message.post', now)
  if (input.mentionsRoom) require(actor.rules, actor, 'mention.room', now)
  const at = Math.max(head.at, now)
  const isSlowed = actor.rules.slowModeSeconds > 0 && slowDown(sql, actor, at)
  if (input.attachments) require(actor.rules, actor, 'message.attach', now)
  enforceLimit(rates.posts, caller.userId, now)
  const told: Event[] = []
  let author: Known | undefined = actor.person
  if (!author?.role) {
    if (author?.isRemoved) {
      throw new ApiError('forbidden', 'You were removed from this room; join it again first.')
    }
    const joined = membership.join(state, profile, 'member', now)
    author = joined.person
    told.push(joined.event)
  }
  // Who joins by posting has no row before.
  if (isSlowed) members.posted(sql, caller.userId, at)
  const said = messages.append(sql, head, draftOf(sql, members.toAuthor(author), input), now)
  const message = attachments.attach(sql, said, input.attachments ?? [])
  const root = message.replyTo === null ? undefined : threads.grow(sql, message.replyTo, message)
  const mentioned = mentions.note(sql, message)
  told.push(events.posted(message, root))
  return {
    value: { message: { ...message, reactions: [] }, isNew: true },
    events: told,
    done: () => {
      activity.posted(caller.userId, message.seq, message.n, head.at)
      for (const userId of mentioned) activity.touched(userId)
    },
  }
}

/** Throws `conflict` when something has happened in the room since. */
export function expect(head: Head, ifSeq: number | undefined): void {
  if (ifSeq === undefined || ifSeq === head.seq) return
  throw new ApiError('conflict', `This room is at ${head.seq}, no longer at ${ifSeq}.`)
}

function draftOf(sql: SqlStorage, author: Author, input: NewMessage): messages.Draft {
  const mentioned = [...new Set(input.mentions)].filter((userId) => userId !== author.id)
  mentions.check(sql, mentioned)
  return {
    author,
    nonce: input.nonce,
    text: input.text,
    replyTo: input.replyTo === undefined ? null : threads.rootOf(sql, input.replyTo),
    mentions: mentioned,
    mentionsRoom: input.mentionsRoom ?? false,
  }
}

/** Whether this post delays the next one. Throws `slow_mode` while an earlier one does. */
function slowDown(sql: SqlStorage, actor: actors.Actor, at: number): boolean {
  if (capabilitiesOf(actor.rules, actor, at).includes('slow_mode.exempt')) return false
  const { slowModeSeconds } = actor.rules
  const wait = (members.find(sql, actor.userId)?.postedAt ?? 0) + slowModeSeconds * 1000 - at
  if (wait > 0) {
    const detail = `This room takes one message of yours in ${slowModeSeconds} seconds.`
    throw new ApiError('slow_mode', detail, {
      retryAfter: Math.ceil(wait / 1000),
      policy: { name: 'slow_mode', quota: 1, seconds: slowModeSeconds, isExact: true },
    })
  }
  return true
}
