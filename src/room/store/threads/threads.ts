import { ApiError } from '../../../errors'
import type { SharedMessage, Thread } from '../../../schemas/messages'
import type { ThreadState } from '../../../schemas/threads'
import * as messages from '../messages'
import type { Sequence } from '../sequence'
import type { ThreadFollow } from './thread-follows'
import * as threadFollows from './thread-follows'

const MAX_AUTHORS = 3

/**
 * The root of the thread that a reply to this message belongs to. A thread outlives its root: others may go on in it.
 * Throws `not_found`, and `gone` for a deleted message that no thread is under.
 */
export function rootOf(sql: SqlStorage, seq: number): number {
  const message = messages.get(sql, seq)
  if (message.deletedAt && message.replyCount === 0) {
    throw new ApiError('gone', 'You cannot reply to a deleted message.')
  }
  return message.replyTo ?? message.seq
}

/** The first message of the thread that any message of it belongs to. Throws `not_found`. */
export function get(sql: SqlStorage, seq: number): SharedMessage {
  const message = messages.get(sql, seq)
  return message.replyTo === null ? message : messages.get(sql, message.replyTo)
}

/** How many replies of a thread come after a seq. */
export const countAfter = (sql: SqlStorage, rootSeq: number, seq: number): number =>
  sql
    .exec<{ count: number }>(
      'select count(*) as count from messages where reply_to = ? and seq > ?',
      rootSeq,
      seq,
    )
    .one().count

/** A thread as one user sees it. */
export const stateOf = (root: SharedMessage, follow: ThreadFollow | undefined): ThreadState => ({
  seq: root.seq,
  following: follow?.following ?? false,
  replyCount: root.replyCount,
  unread: follow?.following ? root.replyCount - follow.readCount : 0,
  lastReplyAt: root.lastReplyAt,
})

/** Counts a new reply in the row of its root. */
export function addReply(
  sql: SqlStorage,
  sequence: Sequence,
  rootSeq: number,
  reply: SharedMessage,
): Thread {
  const root = messages.get(sql, rootSeq)
  const { replyCount, replyAuthors } = root
  const others = replyAuthors.filter(({ id }) => id !== reply.author.id)
  const thread: Thread = {
    seq: rootSeq,
    replyCount: replyCount + 1,
    lastReplyAt: reply.createdAt,
    replyAuthors: [reply.author, ...others].slice(0, MAX_AUTHORS),
  }
  sql.exec(
    'update messages set reply_count = ?, last_reply_at = ?, reply_authors = ? where seq = ?',
    thread.replyCount,
    Date.parse(reply.createdAt),
    JSON.stringify(thread.replyAuthors.map(({ id }) => id)),
    rootSeq,
  )
  addFollowers(sql, sequence, root, reply)
  return thread
}

/** Who replies follows the thread, and so does who began it, and whom it mentions. */
function addFollowers(
  sql: SqlStorage,
  sequence: Sequence,
  { seq: rootSeq, author, mentions, replyCount }: SharedMessage,
  reply: SharedMessage,
): void {
  const others = (userIds: string[]) => userIds.filter((userId) => userId !== reply.author.id)
  const unread = { rootSeq, readCount: replyCount }
  if (replyCount === 0) {
    threadFollows.begin(sql, sequence, others([author.id]), unread)
    const mentionedSeq = rootSeq
    threadFollows.begin(sql, sequence, others(mentions), { ...unread, mentionedSeq })
  }
  threadFollows.begin(sql, sequence, reply.mentions, { ...unread, mentionedSeq: reply.seq })
  const read = { rootSeq, readCount: replyCount + 1, following: true }
  threadFollows.save(sql, sequence, reply.author.id, read)
}

/** Lets those whom an edit mentions follow the thread as if they had been mentioned from the start, and undoes it. */
export function changeMentions(
  sql: SqlStorage,
  sequence: Sequence,
  message: SharedMessage,
  mentioned: string[],
): void {
  const { seq, replyTo, mentions } = message
  const root = get(sql, seq)
  if (root.replyCount === 0) return
  const later = countAfter(sql, root.seq, seq)
  const readCount = replyTo === null ? 0 : root.replyCount - later - 1
  const added = mentioned.filter((userId) => !mentions.includes(userId))
  threadFollows.begin(sql, sequence, added, { rootSeq: root.seq, readCount, mentionedSeq: seq })
  for (const userId of mentions.filter((id) => !mentioned.includes(id))) {
    threadFollows.forgetMention(sql, sequence, { userId, seq })
  }
}

/** The threads that these messages reply in, by the root's seq, in one query that reads no text. */
export function findByReplies(sql: SqlStorage, replies: SharedMessage[]): Map<number, Thread> {
  const roots = new Set(replies.flatMap(({ replyTo }) => replyTo ?? []))
  const found = messages.findManyWithoutText(sql, [...roots])
  return new Map(found.map((root) => [root.seq, toThread(root)]))
}

/** Replies of a thread after a seq, oldest first. */
export const replies = (
  sql: SqlStorage,
  rootSeq: number,
  after: number,
  limit: number,
): SharedMessage[] =>
  messages.select(
    sql,
    'where m.reply_to = ? and m.seq > ? order by m.seq limit +?',
    rootSeq,
    after,
    limit,
  )

const toThread = ({ seq, replyCount, lastReplyAt, replyAuthors }: SharedMessage): Thread => ({
  seq,
  replyCount,
  lastReplyAt,
  replyAuthors,
})
