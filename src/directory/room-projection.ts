import { eq, getTableColumns, inArray, type SQL, sql } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { FOLDING, fold } from '../folding'
import { previewOf } from '../schemas/mention-markup'
import { batch, type Directory } from './database'
import * as mentions from './mentions'
import * as profiles from './profiles'
import * as roomKeys from './room-keys'
import type { RoomProjection } from './room-projection-types'
import * as roomPurge from './room-purge'
import { memberships, rooms, users } from './schema'
import * as threads from './threads'

/** Prepared once: a busy room syncs all the time, and building statements was most of its garbage. */
const statements = new WeakMap<Directory, ReturnType<typeof build>>()

export interface Applied {
  /** What the room's row had before. */
  version: number
  /** Those of the `unconfirmed` members. A rename that races a join is in them, or finds the membership and is fanned out. */
  profiles: profiles.Profile[]
  /** Mentions that were not recorded. */
  blocked: mentions.BlockedMention[]
}

/** Writes a room's projection in one batch. Late and repeated calls change nothing. */
export async function applyProjection(
  directory: Directory,
  rows: RoomProjection,
): Promise<Applied> {
  const { roomId } = rows
  const built = statements.get(directory) ?? build(directory)
  statements.set(directory, built)
  const before = { query: built.before, values: { roomId } }
  const json = (list: unknown[]) => ({ roomId, list: JSON.stringify(list) })
  const rowsOf = (
    query: (typeof built)['members' | 'mentions' | 'threads' | 'threadFollows'],
    list: unknown[],
  ) => (list.length > 0 ? [{ query, values: json(list) }] : [])
  const written = [
    { query: built.room, values: { ...valuesOf(rows), since: rows.since } },
    // The first sync, and the one that repairs a D1 that was restored to an earlier state.
    ...(rows.key !== null && rows.since === 0
      ? [{ query: built.key, values: { roomId, key: rows.key } }]
      : []),
    ...rowsOf(built.members, rows.members),
    ...rowsOf(built.mentions, rows.mentions),
    ...rowsOf(built.threads, rows.threadFollows),
    ...rowsOf(built.threadFollows, rows.threadFollows),
  ]
  if (rows.unconfirmed.length === 0 && rows.mentions.length === 0) {
    const [[room]] = await batch(directory, [before, ...written])
    return { version: room?.version ?? 0, profiles: [], blocked: [] }
  }
  const joined = { query: built.joined, values: { userIds: JSON.stringify(rows.unconfirmed) } }
  const refused = { query: built.blocked, values: json(rows.mentions) }
  const [[room], found, blocked] = await batch(directory, [before, joined, refused, ...written])
  return { version: room?.version ?? 0, profiles: found.map(profiles.toCopy), blocked }
}

function build(directory: Directory) {
  const userIds = sql`(select value from json_each(${sql.placeholder('userIds')}))`
  return {
    before: directory
      .select({ version: rooms.version })
      .from(rooms)
      .where(eq(rooms.id, sql.placeholder('roomId')))
      .prepare(),
    joined: profiles.selectWhere(directory, inArray(users.id, userIds)).prepare(),
    room: upsertRoom(directory).prepare(),
    key: roomKeys.insert(directory).prepare(),
    members: upsertMembers(directory).prepare(),
    blocked: mentions.selectBlocked(directory).prepare(),
    mentions: mentions.insert(directory).prepare(),
    threads: threads.upsertThreads(directory).prepare(),
    threadFollows: threads.upsertFollows(directory).prepare(),
  }
}

/** A room that was here before is only updated: a late write must not bring back one that has been purged. */
function upsertRoom(directory: Directory) {
  const columns = getTableColumns(rooms)
  // A room never changes its kind or its creation time.
  const { id, kind, createdAt, ...changing } = columns
  const values = Object.entries(columns).map(([name, column]) =>
    sql.param(sql.placeholder(name), column),
  )
  const isKnown = sql`exists (select 1 from ${rooms} where ${id} = ${sql.placeholder('id')})`
  return directory
    .insert(rooms)
    .select(
      sql`select ${sql.join(values, sql`, `)} where ${sql.placeholder('since')} = 0 or ${isKnown}`,
    )
    .onConflictDoUpdate({
      target: id,
      set: mapped(changing, excluded),
      setWhere: sql`${excluded(rooms.version)} > ${rooms.version}`,
    })
}

/** Upserts any number of memberships with one parameter. The columns are in the order of the table. */
function upsertMembers(directory: Directory) {
  const { userId, roomId, ...changing } = getTableColumns(memberships)
  const isAlive = roomPurge.isAlive(sql.placeholder('roomId'))
  return directory
    .insert(memberships)
    .select(
      sql`select value ->> 'userId', ${sql.placeholder('roomId')}, value ->> 'version', value ->> 'role',
        value ->> 'joinedAt', value ->> 'leftAt', value ->> 'mutedUntil', value ->> 'readSeq', value ->> 'readN',
        value ->> 'sentCount', value ->> 'visitedAt', value ->> 'mentions', value ->> 'readRoomMentions',
        value ->> 'readT', value ->> 'hidden', value ->> 'notify', value ->> 'snoozedUntil', value ->> 'favourite',
        value ->> 'archivedT', value ->> 'marks'
      from json_each(${sql.placeholder('list')}) where ${isAlive}`,
    )
    .onConflictDoUpdate({
      target: [userId, roomId],
      set: mapped(changing, excluded),
      setWhere: sql`${excluded(memberships.version)} > ${memberships.version}`,
    })
}

const excluded = (column: SQLiteColumn): SQL => sql.raw(`excluded.${column.name}`)

function mapped<Name extends string, T>(
  columns: Record<Name, SQLiteColumn>,
  map: (column: SQLiteColumn, name: Name) => T,
): Record<Name, T> {
  const entries = Object.entries<SQLiteColumn>(columns)
  return Object.fromEntries(
    entries.map(([name, column]) => [name, map(column, name as Name)]),
  ) as Record<Name, T>
}

/** The values of the room's row by column. */
const valuesOf = (rows: RoomProjection): typeof rooms.$inferSelect => ({
  id: rows.roomId,
  version: rows.version,
  kind: rows.kind,
  access: rows.access,
  listed: rows.listed,
  receipts: rows.receipts,
  hasPassword: rows.hasPassword,
  slowModeSeconds: rows.slowModeSeconds,
  frozen: rows.frozen,
  plainFiles: rows.plainFiles,
  name: rows.name,
  nameKey: rows.name === null ? null : fold(rows.name),
  key: rows.key,
  topic: rows.topic,
  avatar: rows.avatar,
  metadata: rows.metadata,
  createdAt: rows.createdAt,
  seq: rows.seq,
  n: rows.n,
  t: rows.t,
  memberCount: rows.memberCount,
  roomMentions: rows.roomMentions,
  foldVersion: FOLDING,
  deletedAt: rows.deletedAt,
  lastMessage: rows.lastMessage ? toLastMessage(rows.lastMessage) : null,
  lastMessageAt: rows.lastMessage?.at ?? rows.createdAt,
})

const toLastMessage = (last: NonNullable<RoomProjection['lastMessage']>) =>
  JSON.stringify({
    seq: last.seq,
    authorId: last.authorId,
    preview: last.text && previewOf(last.text),
    ...(last.attachments && { attachments: last.attachments }),
    at: last.at,
  })
