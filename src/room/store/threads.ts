import { ApiError } from '../../errors'
import type { SharedMessage, Thread } from '../../schemas/messages'
import * as messages from './messages'

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

/** Counts a new reply in the row of its root. */
export function addReply(sql: SqlStorage, rootSeq: number, reply: SharedMessage): Thread {
  const { replyCount, replyAuthors } = messages.get(sql, rootSeq)
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
  return thread
}

/** The threads that these messages reply in, by the root's seq, in one query. */
export function findByReplies(sql: SqlStorage, replies: SharedMessage[]): Map<number, Thread> {
  const roots = new Set(replies.flatMap(({ replyTo }) => replyTo ?? []))
  return new Map(messages.findMany(sql, [...roots]).map((root) => [root.seq, toThread(root)]))
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
