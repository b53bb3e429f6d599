import { ApiError } from '../../errors'
import { enforceLimit } from '../../rate-limit/token-bucket'
import { mentionedIn } from '../../schemas/mention-markup'
import type { Message, NewMessage, Thread } from '../../schemas/messages'
import { iso } from '../../schemas/primitives'
import type { Author } from '../../schemas/users'
import { atomic, type CommandResult } from '../commit/command-result'
import { type Actor, authorize } from '../policy/authorize'
import { isSlowed, slowModeEnd } from '../policy/next-post'
import { requireCapability } from '../policy/permissions'
import { cachedMember, cachedSettings, preserveCache } from '../state/read-cache'
import { checkpoint } from '../state/room-state'
import * as authors from '../store/author-cache'
import * as events from '../store/events'
import * as attachments from '../store/media/attachments'
import * as members from '../store/members'
import * as mentions from '../store/mentions'
import * as messages from '../store/messages'
import * as reactions from '../store/reactions'
import type { Sequence } from '../store/sequence'
import * as threads from '../store/threads/threads'
import type { CommandContext } from './command-context'
import { admitVisitor } from './join-leave'

/** A message to post; with `ifSeq` only if nothing has happened in the room since. */
export type PostInput = NewMessage & { ifSeq?: number | undefined }

export interface Posted {
  message: Message
  seq: number
  /** false when the nonce was known: `message` is the first one that had it. */
  isNew: boolean
  /** Users whom the message mentions in vain; absent when there are none. */
  droppedMentions?: string[]
}

/**
 * Posts a message. In an open room a stranger joins by it, for which their profile is needed. It is atomic by itself:
 * the unique index of nonces refuses a second message, so nobody has to look first.
 */
export const postMessage = atomic(
  (context: CommandContext, input: PostInput): CommandResult<Posted> => {
    const { state, caller } = context
    const { sql, storage } = state
    const undo = checkpoint(state)
    const work = () => insertPost(context, input)
    try {
      return writesOneRow(context, input) ? work() : storage.transactionSync(work)
    } catch (refusal) {
      // A repeat is answered whatever speaks against it now, because the first answer may have been lost.
      const first = messages.findByNonce(sql, caller.userId, input.nonce)
      if (!first) throw refusal
      if (!mayRead(context)) throw withSeq(refusal, first.seq)
      undo()
      const dropped = mentions.droppedBy(sql, first.seq)
      return posted(reactions.personalize(sql, caller.userId, first), { isNew: false, dropped })
    }
  },
)

function mayRead(context: CommandContext): boolean {
  try {
    authorize(context, 'room.read')
    return true
  } catch {
    return false
  }
}

/** The refusal for someone who may not read the message: all they learn is the seq that their post had. */
const withSeq = (refusal: unknown, seq: number): unknown =>
  refusal instanceof ApiError
    ? new ApiError(refusal.code, refusal.detail, { ...refusal.extras, seq })
    : refusal

const posted = (
  message: Message,
  { isNew, dropped }: { isNew: boolean; dropped: string[] },
): { value: Posted } => ({
  value: {
    message,
    seq: message.seq,
    isNew,
    ...(dropped.length > 0 && { droppedMentions: dropped }),
  },
})

/** Whether a single insert is all that will be written. */
function writesOneRow({ state, caller }: CommandContext, input: PostInput): boolean {
  const { attachments, mentions, mentionsRoom, replyTo, text } = input
  if (attachments || mentions || mentionsRoom || replyTo !== undefined) return false
  if (mentionedIn(text).length > 0) return false
  return (
    cachedSettings(state).slowModeSeconds === 0 && Boolean(cachedMember(state, caller.userId)?.role)
  )
}

function insertPost(context: CommandContext, input: PostInput): CommandResult<Posted> {
  const { state, caller, now } = context
  const { sql, sequence, memberCounters, rates } = state
  requireSeq(sequence, input.ifSeq)
  const actor = authorize(context, 'message.post')
  if (input.mentionsRoom) requireCapability(actor, 'mention.room', now)
  const at = Math.max(sequence.at, now)
  const delaysNext = actor.rules.slowModeSeconds > 0 && enforceSlowMode(sql, actor, at)
  if (input.attachments) requireCapability(actor, 'message.attach', now)
  enforceLimit(rates.posts, caller.userId, now)
  const { member: author, event: joined } = admitVisitor(context, actor)
  // Only now, because someone who joins by posting had no row before.
  if (delaysNext) members.setPostedAt(sql, caller.userId, at)
  const { draft, dropped } = draftOf(sql, authors.toAuthor(author), input)
  const said = messages.append(sql, sequence, draft, now)
  mentions.recordDropped(sql, said.seq, dropped)
  const message = attachments.attach(sql, said, input.attachments ?? [])
  let root: Thread | undefined
  if (message.replyTo !== null) {
    preserveCache(state, () => {
      root = threads.addReply(sql, sequence, message.replyTo as number, message)
    })
  }
  const mentioned = mentions.record(sql, message)
  const told = events.messagePosted(message, root)
  return {
    ...posted({ ...message, reactions: [] }, { isNew: true, dropped }),
    events: joined ? [joined, told] : [told],
    updateMemory: () => {
      // What they type next is the next message.
      rates.typing.reset(caller.userId)
      memberCounters.recordPost(caller.userId, message, sequence.at)
      for (const userId of mentioned) memberCounters.markDirty(userId)
    },
  }
}

/** Throws `conflict` when something has happened in the room since `ifSeq`. */
export function requireSeq(sequence: Sequence, ifSeq: number | undefined): void {
  if (ifSeq === undefined || ifSeq === sequence.seq) return
  throw new ApiError('conflict', `This room is at ${sequence.seq}, no longer at ${ifSeq}.`)
}

function draftOf(
  sql: SqlStorage,
  author: Author,
  input: NewMessage,
): { draft: messages.MessageRow; dropped: string[] } {
  const { mentioned, dropped } = mentions.resolve(sql, {
    authorId: author.id,
    named: input.mentions ?? [],
    text: input.text,
  })
  const draft = {
    author,
    nonce: input.nonce,
    text: input.text,
    replyTo: input.replyTo === undefined ? null : threads.rootOf(sql, input.replyTo),
    alsoInRoom: input.alsoInRoom ?? false,
    mentions: mentioned,
    mentionsRoom: input.mentionsRoom ?? false,
    metadata: input.metadata,
  }
  return { draft, dropped }
}

/** Slow mode. Returns whether this post delays the author's next one; throws `slow_mode` while an earlier post does. */
function enforceSlowMode(sql: SqlStorage, actor: Actor, at: number): boolean {
  const { rules, userId } = actor
  if (!isSlowed(rules, actor, at)) return false
  const { slowModeSeconds } = rules
  const end = slowModeEnd(rules, members.find(sql, userId)?.postedAt ?? null)
  if (end > at) {
    const detail = `This room is in slow mode: you can post once every ${slowModeSeconds} seconds.`
    throw new ApiError('slow_mode', detail, {
      retryAfter: Math.ceil((end - at) / 1000),
      nextPostAt: iso(end),
      policy: { name: 'slow_mode', quota: 1, seconds: slowModeSeconds, isExact: true },
    })
  }
  return true
}
