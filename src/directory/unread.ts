import { and, eq, gt, isNull, or, type SQL, sql } from 'drizzle-orm'
import type { Unread } from '../schemas/unread'
import type { Directory } from './database'
import { memberships, rooms } from './schema'
import * as threads from './threads'

/** Messages of the timeline. A row that a room of before wrote counts all messages, until the next change. */
export const unreadMessages = sql<number>`coalesce(${rooms.t} - ${memberships.readT}, ${rooms.n} - ${memberships.readN})`

// Mentions by name, and mentions of the whole room.
const unreadMentions = sql<number>`${memberships.mentions} + ${rooms.roomMentions}
  - ${memberships.readRoomMentions}`

/** Counts over all rooms of a user: rooms with something unread, unread messages, mentions, threads. */
export async function total(directory: Directory, userId: string): Promise<Unread> {
  const [row] = await directory
    .select({
      rooms: sql<number>`coalesce(sum(${unreadMessages} > 0), 0)`,
      unread: sql<number>`coalesce(sum(${unreadMessages}), 0)`,
      unreadMentions: sql<number>`coalesce(sum(${unreadMentions}), 0)`,
    })
    .from(memberships)
    .innerJoin(rooms, eq(rooms.id, memberships.roomId))
    .where(isUnread(userId))
  const counts = row ?? { rooms: 0, unread: 0, unreadMentions: 0 }
  return { ...counts, threads: await threads.countUnread(directory, userId) }
}

/** The rooms with something unread, and the latest seq of each that the directory knows. */
export const list = (directory: Directory, userId: string, limit: number) =>
  directory
    .select({ roomId: rooms.id, seq: rooms.seq })
    .from(memberships)
    .innerJoin(rooms, eq(rooms.id, memberships.roomId))
    .where(isUnread(userId))
    .limit(limit)

// A mention in a thread is unread where the timeline may have been read.
const isUnread = (userId: string): SQL | undefined =>
  and(
    eq(memberships.userId, userId),
    isNull(memberships.leftAt),
    isNull(rooms.deletedAt),
    or(gt(unreadMessages, 0), gt(unreadMentions, 0)),
  )
