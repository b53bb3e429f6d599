import { eq, inArray, sql } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import type { Directory } from './directory'
import type { IndexRows } from './index-rows'
import * as mentions from './mentions'
import * as profiles from './profiles'
import { memberships, rooms, users } from './tables'

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
