import { eq, inArray, sql } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import type { Directory } from './directory'
import * as mentions from './mentions'
import * as profiles from './profiles'
import { memberships, rooms, users } from './tables'

/** What a room knows and the index shows: its own row and the memberships that changed. Times in ms. */
export interface IndexRows {
  roomId: string
  /** The room's; rows of the index only ever go to a greater one. */
  version: number
  kind: string
  access: string
  listed: boolean
  receipts: string
  hasPassword: boolean
  slowModeSeconds: number
  frozen: boolean
  plainFiles: boolean
  name: string | null
  topic: string | null
  avatar: string | null
  createdAt: number
  deletedAt: number | null
  seq: number
  n: number
  memberCount: number
  lastMessage: { seq: number; authorId: string; text: string | null; at: number } | undefined
  members: {
    userId: string
    version: number
    role: string
    joinedAt: number
    leftAt: number | null
    mutedUntil: number | null
    readSeq: number
    readN: number
    sentCount: number
    visitedAt: number
    mentions: number
    readRoomMentions: number
  }[]
  /** How often everybody was mentioned. */
  roomMentions: number
  /** Who was mentioned by name where, up to the message at `mentionedUpTo`. */
  mentions: mentions.NewMention[]
  mentionedUpTo: number
  /** Members whose profile is to be read back: they joined since the last time. */
  unconfirmed: string[]
  /** The index is believed to have everything up to this version already. */
  since: number
  /** All changes up to this version are in these rows. */
  upTo: number
  more: boolean
}

const PREVIEW = 140

/**
 * Writes a room's rows into the index, in one batch: late and repeated calls change nothing. Answers the
 * version that the room's row had before, and the profiles of those who joined as of the same moment, so
 * that a join which races a rename ends right.
 */
export async function apply(
  directory: Directory,
  rows: IndexRows,
): Promise<{ version: number; profiles: profiles.Profile[] }> {
  const { roomId } = rows
  const before = directory
    .select({ version: rooms.version })
    .from(rooms)
    .where(eq(rooms.id, roomId))
  const written = [
    upsertRoom(directory, rows),
    ...(rows.members.length > 0 ? [upsertMembers(directory, rows)] : []),
    ...(rows.mentions.length > 0 ? [mentions.insert(directory, roomId, rows.mentions)] : []),
  ]
  if (rows.unconfirmed.length === 0) {
    const [[room]] = await directory.batch([before, ...written])
    return { version: room?.version ?? 0, profiles: [] }
  }
  const unconfirmed = sql`(select value from json_each(${JSON.stringify(rows.unconfirmed)}))`
  const joined = profiles.where(directory, inArray(users.id, unconfirmed))
  const [[room], found] = await directory.batch([before, joined, ...written])
  return { version: room?.version ?? 0, profiles: found.map(profiles.toProfile) }
}

const excluded = (column: SQLiteColumn) => sql.raw(`excluded.${column.name}`)

function upsertRoom(directory: Directory, rows: IndexRows) {
  const changing = {
    version: rows.version,
    access: rows.access,
    listed: rows.listed,
    receipts: rows.receipts,
    hasPassword: rows.hasPassword,
    slowModeSeconds: rows.slowModeSeconds,
    frozen: rows.frozen,
    plainFiles: rows.plainFiles,
    name: rows.name,
    nameKey: rows.name?.normalize('NFC').toLowerCase() ?? null,
    topic: rows.topic,
    avatar: rows.avatar,
    seq: rows.seq,
    n: rows.n,
    memberCount: rows.memberCount,
    roomMentions: rows.roomMentions,
    deletedAt: rows.deletedAt,
    lastMessage: rows.lastMessage ? toLastMessage(rows.lastMessage) : null,
    lastMessageAt: rows.lastMessage?.at ?? rows.createdAt,
  }
  return directory
    .insert(rooms)
    .values({ id: rows.roomId, kind: rows.kind, createdAt: rows.createdAt, ...changing })
    .onConflictDoUpdate({
      target: rooms.id,
      set: changing,
      setWhere: sql`${excluded(rooms.version)} > ${rooms.version}`,
    })
}

/** Any number of memberships in one statement and one parameter; columns in the order of the table. */
function upsertMembers(directory: Directory, rows: IndexRows) {
  const t = memberships
  return directory
    .insert(t)
    .select(
      sql`select value ->> 'userId', ${rows.roomId}, value ->> 'version', value ->> 'role',
        value ->> 'joinedAt', value ->> 'leftAt', value ->> 'mutedUntil', value ->> 'readSeq', value ->> 'readN',
        value ->> 'sentCount', value ->> 'visitedAt', value ->> 'mentions', value ->> 'readRoomMentions'
      from json_each(${JSON.stringify(rows.members)}) where true`,
    )
    .onConflictDoUpdate({
      target: [t.userId, t.roomId],
      set: {
        version: excluded(t.version),
        role: excluded(t.role),
        joinedAt: excluded(t.joinedAt),
        leftAt: excluded(t.leftAt),
        mutedUntil: excluded(t.mutedUntil),
        readSeq: excluded(t.readSeq),
        readN: excluded(t.readN),
        sentCount: excluded(t.sentCount),
        visitedAt: excluded(t.visitedAt),
        mentions: excluded(t.mentions),
        readRoomMentions: excluded(t.readRoomMentions),
      },
      setWhere: sql`${excluded(t.version)} > ${t.version}`,
    })
}

const toLastMessage = (last: NonNullable<IndexRows['lastMessage']>) =>
  JSON.stringify({
    seq: last.seq,
    authorId: last.authorId,
    preview: last.text && [...last.text].slice(0, PREVIEW).join(''),
    at: last.at,
  })
