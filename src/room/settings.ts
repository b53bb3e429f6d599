import type { NewRoom, RoomAccess, RoomKind, RoomPatch } from '../schemas/rooms'
import type { Head } from './head'

/** The room's own row. Times are milliseconds since the epoch. */
export interface Settings {
  roomId: string
  kind: RoomKind
  access: RoomAccess
  listed: boolean
  name: string | null
  topic: string | null
  createdAt: number
  memberCount: number
  version: number
  indexedVersion: number
  countedSeq: number
}

export function create(sql: SqlStorage, roomId: string, room: NewRoom, now: number): void {
  sql.exec(
    `insert into room (id, room_id, kind, access, listed, name, topic, created_at, member_count,
      version, indexed_version, counted_seq)
    values (1, ?, 'channel', ?, ?, ?, ?, ?, 0, 1, 0, 0)`,
    roomId,
    room.access,
    Number(room.listed ?? room.access === 'open'),
    room.name ?? null,
    room.topic ?? null,
    now,
  )
}

export function read(sql: SqlStorage): Settings {
  return toSettings(sql.exec<Row>('select * from room').one())
}

/** Applies what the patch names and returns whether anything changed. */
export function write(sql: SqlStorage, head: Head, patch: RoomPatch): boolean {
  const now = read(sql)
  const next = { ...now, ...patch }
  if (next.listed === now.listed && next.name === now.name && next.topic === now.topic) return false
  head.version += 1
  sql.exec(
    'update room set listed = ?, name = ?, topic = ?, version = ?',
    Number(next.listed),
    next.name,
    next.topic,
    head.version,
  )
  return true
}

/** Moves the number of members and returns it. */
export function count(sql: SqlStorage, head: Head, difference: 1 | -1): number {
  head.version += 1
  return sql
    .exec<{ member_count: number }>(
      'update room set member_count = member_count + ?, version = ? returning member_count',
      difference,
      head.version,
    )
    .one().member_count
}

type Row = {
  room_id: string
  kind: string
  access: string
  listed: number
  name: string | null
  topic: string | null
  created_at: number
  member_count: number
  version: number
  indexed_version: number
  counted_seq: number
}

const toSettings = (row: Row): Settings => ({
  roomId: row.room_id,
  kind: row.kind as RoomKind,
  access: row.access as RoomAccess,
  listed: row.listed === 1,
  name: row.name,
  topic: row.topic,
  createdAt: row.created_at,
  memberCount: row.member_count,
  version: row.version,
  indexedVersion: row.indexed_version,
  countedSeq: row.counted_seq,
})
