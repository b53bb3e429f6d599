import { and, eq, inArray, isNull, not, type SQL, sql } from 'drizzle-orm'
import type { Unread } from '../schemas/unread'
import { type Directory, idsIn, readBatch } from './database'
import { isArchived, isSnoozed, notify } from './preferences'
import { memberships, rooms } from './schema'
import * as threads from './threads'

/** Messages of the timeline. A row that a room of before wrote counts all messages, until the next change. */
export const unreadMessages = sql<number>`coalesce(${rooms.t} - ${memberships.readT}, ${rooms.n} - ${memberships.readN})`

// Mentions by name, and mentions of the whole room.
const unreadMentions = sql<number>`${memberships.mentions} + ${rooms.roomMentions}
  - ${memberships.readRoomMentions}`

// Each mention in the timeline is an unread message, too; one in a thread is not.
const badge = sql<number>`case ${notify} when 'all' then max(${unreadMessages}, ${unreadMentions})
  when 'mentions' then ${unreadMentions} else 0 end`

/** Counts over the rooms of a user that they have not archived, and those of snoozed rooms apart. */
export const total = async (directory: Directory, userId: string, now: number): Promise<Unread> =>
  toUnread(...(await readBatch(directory, selectTotal(directory, userId, now))))

/** The statements of `total`. */
export function selectTotal(directory: Directory, userId: string, now: number) {
  const snoozed = isSnoozed(now)
  const sum = (count: SQL, where: SQL) =>
    sql<number>`coalesce(sum(${count}) filter (where ${where}), 0)`
  const inRooms = directory
    .select({
      rooms: sum(sql`${unreadMessages} > 0`, not(snoozed)),
      unread: sum(unreadMessages, not(snoozed)),
      unreadMentions: sum(unreadMentions, not(snoozed)),
      badge: sum(badge, not(snoozed)),
      snoozedRooms: sum(sql`${unreadMessages} > 0`, snoozed),
      snoozedUnread: sum(unreadMessages, snoozed),
      snoozedMentions: sum(unreadMentions, snoozed),
    })
    .from(memberships)
    .innerJoin(rooms, eq(rooms.id, memberships.roomId))
    .where(and(isUnread(userId), not(isArchived(now))))
  return [inRooms, threads.selectUnreadCount(directory, userId)] as const
}

type Totals = ReturnType<typeof selectTotal>

/** What `selectTotal` found. */
export function toUnread([row]: Awaited<Totals[0]>, [followed]: Awaited<Totals[1]>): Unread {
  const count = (name: keyof NonNullable<typeof row>) => row?.[name] ?? 0
  return {
    rooms: count('rooms'),
    unread: count('unread'),
    unreadMentions: count('unreadMentions'),
    badge: count('badge'),
    threads: followed?.count ?? 0,
    snoozed: {
      rooms: count('snoozedRooms'),
      unread: count('snoozedUnread'),
      unreadMentions: count('snoozedMentions'),
    },
  }
}

/** What each of these rooms, if it is a user's, adds to the counts, as of this version of it. */
export const ofRooms = (directory: Directory, userId: string, roomIds: string[], now: number) =>
  directory
    .select({
      roomId: rooms.id,
      version: sql<number>`${rooms.seq} + ${memberships.version} + ${memberships.marks}`,
      unread: unreadMessages,
      unreadMentions,
      unreadThreads: threads.unreadInRoom,
      notify: sql<string>`${notify}`,
      isSnoozed: sql`${isSnoozed(now)}`.mapWith(Boolean),
      isArchived: sql`${isArchived(now)}`.mapWith(Boolean),
    })
    .from(memberships)
    .innerJoin(rooms, eq(rooms.id, memberships.roomId))
    .where(
      and(
        eq(memberships.userId, userId),
        inArray(memberships.roomId, idsIn(roomIds)),
        isNull(memberships.leftAt),
        isNull(rooms.deletedAt),
      ),
    )

/** The rooms with something unread, and the latest seq of each that the directory knows. */
export const list = (directory: Directory, userId: string, limit: number) =>
  directory
    .select({ roomId: rooms.id, seq: rooms.seq })
    .from(memberships)
    .innerJoin(rooms, eq(rooms.id, memberships.roomId))
    .where(isUnread(userId))
    .limit(limit)

/** SQL condition: something is unread. A mention in a thread may be where the timeline has been read. */
export const hasUnread = sql`(${unreadMessages} > 0 or ${unreadMentions} > 0)`

const isUnread = (userId: string): SQL | undefined =>
  and(
    eq(memberships.userId, userId),
    isNull(memberships.leftAt),
    isNull(rooms.deletedAt),
    hasUnread,
  )
