import { and, desc, eq, isNull, type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { RoomRole } from '../schemas/members'
import { fromStored } from '../schemas/metadata'
import type { MyRoomsList, MyRoomsQuery, MyRoomsSort } from '../schemas/my-rooms'
import { preferencesAt } from '../schemas/preferences'
import { avatarUrl, iso } from '../schemas/primitives'
import {
  LastMessage,
  type Receipts,
  type Room,
  type RoomAccess,
  type RoomKind,
} from '../schemas/rooms'
import { goneName } from '../schemas/users'
import type { Directory } from './database'
import { isArchived, isFavourite } from './preferences'
import { memberships, rooms, users } from './schema'
import { unreadInRoom } from './threads'
import { hasUnread, unreadMessages } from './unread'

/** A room of a user. The caller adds `capabilities`, which follow from the permission table. */
export type MyRoom = Omit<Room, 'me'> & { me: Omit<NonNullable<Room['me']>, 'capabilities'> }

/** What the last room of a page is sorted by, and its id. */
export const SortKey = z.tuple([z.union([z.number(), z.string()]), z.string()])
type SortKey = z.infer<typeof SortKey>

// A user is in at most 1,000 rooms. The primary key finds them, and SQLite sorts them.
const sortKeys: Record<MyRoomsSort, { key: SQL<string | number>; order: SQL; beyond: SQL }> = {
  recent: descending(sql`${rooms.lastMessageAt}`),
  visited: descending(sql`${memberships.visitedAt}`),
  mine: descending(sql`${memberships.sentCount}`),
  unread: descending(unreadMessages),
  name: ascending(sql`lower(coalesce(${rooms.name}, ''))`),
}

// Favourites and archived rooms are found by partial indexes of their own.
const lists: Record<MyRoomsList, (now: number) => SQL> = {
  all: isShown,
  favourites: (now) => sql`${isFavourite} and ${isShown(now)}`,
  archived: isArchived,
  direct: (now) => sql`${rooms.kind} = 'direct' and ${isShown(now)}`,
  unread: (now) => sql`${hasUnread} and ${isShown(now)}`,
}

function isShown(now: number): SQL {
  return sql`not ${isArchived(now)}`
}

/** The statement that finds the version of what each of a user's rooms is to them, that with the latest message first. */
export const selectVersions = (directory: Directory, userId: string) =>
  directory
    .select({
      roomId: rooms.id,
      version: sql<number>`${rooms.seq} + ${memberships.version} + ${memberships.marks}`,
    })
    .from(memberships)
    .innerJoin(rooms, eq(rooms.id, memberships.roomId))
    .where(isThere(userId))
    .orderBy(desc(rooms.lastMessageAt))

const isThere = (userId: string) =>
  and(
    eq(memberships.userId, userId),
    isNull(memberships.leftAt),
    isNull(rooms.deletedAt),
    sql`not (${memberships.hidden} and ${rooms.n} = 0)`,
  )

/** A page of the rooms a user is in, in the order of the query, and the key of its last one if there are more. */
export async function list(
  directory: Directory,
  userId: string,
  query: MyRoomsQuery,
  { after, now }: { after: SortKey | null; now: number },
): Promise<{ items: MyRoom[]; next: SortKey | null }> {
  return toPage(await select(directory, userId, query, { after, now }), query.limit, now)
}

/** What `select` found: the rooms of the page, and the key of the last one if there are more. */
export function toPage(
  rows: Row[],
  limit: number,
  now: number,
): { items: MyRoom[]; next: SortKey | null } {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return {
    items: shown.map((row) => toMyRoom(row, now)),
    next: rows.length > limit && last ? [last.key, last.room.id] : null,
  }
}

/** The statement of a page, of one room more than it shows. */
export function select(
  directory: Directory,
  userId: string,
  { list: name, sort, limit }: Pick<MyRoomsQuery, 'list' | 'sort' | 'limit'>,
  { after, now }: { after: SortKey | null; now: number },
) {
  const { key, order, beyond } = sortKeys[sort]
  return directory
    .select({
      room: rooms,
      membership: memberships,
      author: users,
      unread: unreadMessages,
      unreadThreads: unreadInRoom,
      key,
    })
    .from(memberships)
    .innerJoin(rooms, eq(rooms.id, memberships.roomId))
    .leftJoin(users, eq(users.id, sql`${rooms.lastMessage} ->> 'authorId'`))
    .where(
      and(
        isThere(userId),
        lists[name](now),
        after ? sql`(${key}, ${rooms.id}) ${beyond} (${after[0]}, ${after[1]})` : undefined,
      ),
    )
    .orderBy(order)
    .limit(limit + 1)
}

/** The statement that finds the direct rooms that may be on the first page of all rooms, sorted by `recent`. */
export const selectDirectIds = (directory: Directory, userId: string, limit: number, now: number) =>
  directory
    .select({ id: rooms.id })
    .from(memberships)
    .innerJoin(rooms, eq(rooms.id, memberships.roomId))
    .where(and(isThere(userId), lists.direct(now)))
    .orderBy(sortKeys.recent.order)
    .limit(limit)

function descending(key: SQL<string | number>) {
  return { key, order: sql`${key} desc, ${rooms.id} desc`, beyond: sql.raw('<') }
}

function ascending(key: SQL<string | number>) {
  return { key, order: sql`${key}, ${rooms.id}`, beyond: sql.raw('>') }
}

type Row = Awaited<ReturnType<typeof select>>[number]

const toMyRoom = (
  { room, membership, author, unread, unreadThreads }: Row,
  now: number,
): MyRoom => ({
  id: room.id,
  kind: room.kind as RoomKind,
  access: room.access as RoomAccess,
  listed: room.listed,
  receipts: room.receipts as Receipts,
  hasPassword: room.hasPassword,
  slowModeSeconds: room.slowModeSeconds,
  frozen: room.frozen,
  plainFiles: room.plainFiles,
  name: room.name,
  key: room.key,
  topic: room.topic,
  avatarUrl: avatarUrl('rooms', room.id, room.avatar),
  createdAt: iso(room.createdAt),
  seq: room.seq,
  n: room.n,
  t: room.t ?? room.n,
  memberCount: room.memberCount,
  lastMessage: toLastMessage(room.lastMessage, author),
  metadata: fromStored(room.metadata),
  peer: null,
  me: {
    role: membership.role as RoomRole,
    mutedUntil: membership.mutedUntil === null ? null : iso(membership.mutedUntil),
    version: room.seq + membership.version + membership.marks,
    readSeq: membership.readSeq,
    unread,
    unreadMentions: membership.mentions + room.roomMentions - membership.readRoomMentions,
    unreadThreads,
    visitedAt: iso(membership.visitedAt),
    sentCount: membership.sentCount,
    ...preferencesAt(membership, { access: room.access, t: room.t ?? room.n }, now),
  },
})

const StoredLastMessage = z.object({
  seq: z.number(),
  authorId: z.string(),
  preview: z.string().nullable(),
  attachments: LastMessage.shape.attachments.default(null),
  at: z.number(),
})

function toLastMessage(stored: string | null, author: Row['author']): Room['lastMessage'] {
  if (stored === null) return null
  const { seq, authorId, preview, attachments, at } = StoredLastMessage.parse(JSON.parse(stored))
  const name = author && author.deletedAt === null ? author : null
  return {
    seq,
    author: {
      id: authorId,
      username: name?.username ?? null,
      displayName:
        name?.displayName ?? goneName({ isGuest: typeof author?.guestUntil === 'number' }),
      avatarUrl: avatarUrl('users', authorId, name?.avatar ?? null),
    },
    preview,
    attachments,
    createdAt: iso(at),
  }
}
