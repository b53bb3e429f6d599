import { and, desc, eq, isNull, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Directory } from './database'
import { isAlive } from './room-purge'
import { memberships, rooms, threadFollows, threads } from './schema'

/** A thread and one who follows it or did, as the room sends them. Times are milliseconds since the epoch. */
export interface NewThreadFollow {
  userId: string
  rootSeq: number
  readCount: number
  following: number
  version: number
  replyCount: number
  lastReplyAt: number | null
}

/** The statement that upserts threads. Placeholders: `roomId`, and `list`, a JSON array of `NewThreadFollow`. */
export const upsertThreads = (directory: Directory) =>
  directory
    .insert(threads)
    .select(
      sql`select ${sql.placeholder('roomId')}, value ->> 'rootSeq', max(value ->> 'replyCount'),
        max(coalesce(value ->> 'lastReplyAt', 0))
      from json_each(${sql.placeholder('list')}) where ${isAlive(sql.placeholder('roomId'))}
      group by value ->> 'rootSeq'`,
    )
    .onConflictDoUpdate({
      target: [threads.roomId, threads.rootSeq],
      set: { replyCount: sql`excluded.reply_count`, lastReplyAt: sql`excluded.last_reply_at` },
      setWhere: sql`excluded.reply_count > ${threads.replyCount}`,
    })

/** The statement that upserts who follows. Placeholders as for `upsertThreads`. */
export const upsertFollows = (directory: Directory) =>
  directory
    .insert(threadFollows)
    .select(
      sql`select value ->> 'userId', ${sql.placeholder('roomId')}, value ->> 'rootSeq',
        value ->> 'readCount', value ->> 'following', value ->> 'version'
      from json_each(${sql.placeholder('list')}) where ${isAlive(sql.placeholder('roomId'))}`,
    )
    .onConflictDoUpdate({
      target: [threadFollows.userId, threadFollows.roomId, threadFollows.rootSeq],
      set: {
        readCount: sql`excluded.read_count`,
        following: sql`excluded.following`,
        version: sql`excluded.version`,
      },
      setWhere: sql`excluded.version > ${threadFollows.version}`,
    })

export const SortKey = z.tuple([z.number(), z.string(), z.number()])
type SortKey = z.infer<typeof SortKey>

export const keyOf = (thread: {
  roomId: string
  rootSeq: number
  lastReplyAt: number
}): SortKey => [thread.lastReplyAt, thread.roomId, thread.rootSeq]

const unreadReplies = sql<number>`max(0, ${threads.replyCount} - ${threadFollows.readCount})`

/** The threads that a user follows in the rooms they are in, that with the latest reply first. */
export function list(
  directory: Directory,
  userId: string,
  { after, limit, unread }: { after: SortKey | null; limit: number; unread?: boolean | undefined },
) {
  const key = sql`(${threads.lastReplyAt}, ${threads.roomId}, ${threads.rootSeq})`
  return followed(directory)
    .where(
      and(
        isFollowing(userId),
        unread ? sql`${unreadReplies} > 0` : undefined,
        after ? sql`${key} < (${after[0]}, ${after[1]}, ${after[2]})` : undefined,
      ),
    )
    .orderBy(desc(threads.lastReplyAt), desc(threads.roomId), desc(threads.rootSeq))
    .limit(limit)
}

/** The statement that counts the followed threads with replies that the user has not read. */
export const selectUnreadCount = (directory: Directory, userId: string) =>
  directory
    .select({ count: sql<number>`count(*)` })
    .from(followed(directory).where(isFollowing(userId)).as('followed'))
    .where(sql`unread > 0`)

/** SQL: how many followed threads of a membership's room have replies that the user has not read. */
export const unreadInRoom = sql<number>`(select count(*) from ${threadFollows}
  join ${threads} on ${threads.roomId} = ${threadFollows.roomId} and ${threads.rootSeq} = ${threadFollows.rootSeq}
  where ${threadFollows.userId} = ${memberships.userId} and ${threadFollows.roomId} = ${memberships.roomId}
    and ${threadFollows.following} and ${threads.replyCount} > ${threadFollows.readCount})`

const followed = (directory: Directory) =>
  directory
    .select({
      roomId: threads.roomId,
      rootSeq: threads.rootSeq,
      lastReplyAt: threads.lastReplyAt,
      unread: unreadReplies.as('unread'),
    })
    .from(threadFollows)
    .innerJoin(
      threads,
      and(eq(threads.roomId, threadFollows.roomId), eq(threads.rootSeq, threadFollows.rootSeq)),
    )
    .innerJoin(
      memberships,
      and(
        eq(memberships.userId, threadFollows.userId),
        eq(memberships.roomId, threadFollows.roomId),
      ),
    )
    .innerJoin(rooms, eq(rooms.id, threadFollows.roomId))
    .$dynamic()

const isFollowing = (userId: string) =>
  and(
    eq(threadFollows.userId, userId),
    eq(threadFollows.following, true),
    isNull(memberships.leftAt),
    isNull(rooms.deletedAt),
  )
