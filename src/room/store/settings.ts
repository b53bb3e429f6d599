import { type MetadataChange, toStored } from '../../schemas/metadata'
import type { NewRoom, Receipts, RoomAccess, RoomKind, RoomPatch } from '../../schemas/rooms'
import type { Sequence } from './sequence'

/** The room's own row. Times are milliseconds since the epoch. */
export interface Settings {
  roomId: string
  kind: RoomKind
  access: RoomAccess
  listed: boolean
  receipts: Receipts
  passwordHash: string | null
  passwordVersion: number
  slowModeSeconds: number
  frozen: boolean
  plainFiles: boolean
  name: string | null
  key: string | null
  topic: string | null
  avatar: string | null
  /** As JSON; null for none. */
  metadata: string | null
  createdAt: number
  deletedAt: number | null
  memberCount: number
  version: number
  countedSeq: number
}

/** Settings of a new room. The Worker has hashed the password. */
export type InitialSettings = Omit<NewRoom, 'password'> & { passwordHash: string | null }

/** A change of settings. The Worker has hashed the password. */
export type SettingsChange = Omit<RoomPatch, 'password' | 'reason' | 'metadata'> & {
  passwordHash?: string | null
  avatar?: string | null
  metadata?: string | null
}

/** A change as a request says it: of the metadata maybe a part. */
export type RoomChange = Omit<SettingsChange, 'metadata'> & MetadataChange

export function create(
  sql: SqlStorage,
  { roomId, kind, room }: { roomId: string; kind: RoomKind; room: InitialSettings },
  now: number,
): void {
  sql.exec(
    `insert into room (id, room_id, kind, access, listed, receipts, password_hash, password_version,
      slow_mode_seconds, frozen, plain_files, name, key, topic, created_at, member_count, version, indexed_version,
      counted_seq, mentioned_seq, metadata)
    values (1, ?, ?, ?, ?, ?, ?, 0, 0, 0, ?, ?, ?, ?, ?, 0, 1, 0, 0, 0, ?)`,
    roomId,
    kind,
    room.access,
    Number(room.listed ?? room.access === 'open'),
    room.receipts,
    room.passwordHash,
    Number(room.plainFiles),
    room.name ?? null,
    room.key ?? null,
    room.topic ?? null,
    now,
    toStored(room.metadata),
  )
}

export function read(sql: SqlStorage): Settings {
  return toSettings(sql.exec<Row>('select * from room').one())
}

/** Applies a change. Returns the settings whose value differs from before. */
export function write(
  sql: SqlStorage,
  sequence: Sequence,
  change: SettingsChange,
): (keyof SettingsChange)[] {
  const before = read(sql)
  const given = Object.entries(change).filter(([, value]) => value !== undefined)
  const after: Settings = { ...before, ...Object.fromEntries(given) }
  const changed = (Object.keys(change) as (keyof SettingsChange)[]).filter(
    (key) => after[key] !== before[key],
  )
  if (changed.length === 0) return changed
  sequence.version += 1
  sql.exec(
    `update room set listed = ?, receipts = ?, name = ?, topic = ?, avatar = ?, access = ?, password_hash = ?,
      password_version = password_version + ?, slow_mode_seconds = ?, frozen = ?, plain_files = ?,
      metadata = ?, version = ?`,
    Number(after.listed),
    after.receipts,
    after.name,
    after.topic,
    after.avatar,
    after.access,
    after.passwordHash,
    Number(changed.includes('passwordHash')),
    after.slowModeSeconds,
    Number(after.frozen),
    Number(after.plainFiles),
    after.metadata,
    sequence.version,
  )
  return changed
}

/** Stores the version of a direct room's DM access. Returns false if it is not newer, or the room is not direct. */
export function acceptDmAccessVersion(sql: SqlStorage, dmAccessVersion: number): boolean {
  return (
    sql.exec(
      `update room set contact_version = ?1 where kind = 'direct' and contact_version < ?1`,
      dmAccessVersion,
    ).rowsWritten > 0
  )
}

/** Makes the next sync send the room's row, after a change to something it shows that is stored elsewhere. */
export function markDirty(sql: SqlStorage, sequence: Sequence): void {
  sequence.version += 1
  sql.exec('update room set version = ?', sequence.version)
}

/** Marks the room as deleted. Its directory row stays and says so. */
export function markDeleted(sql: SqlStorage, sequence: Sequence, now: number): void {
  sequence.version += 1
  sql.exec('update room set deleted_at = ?, version = ?', now, sequence.version)
}

/** Changes the number of members and returns the new one. */
export function addToMemberCount(sql: SqlStorage, sequence: Sequence, difference: 1 | -1): number {
  sequence.version += 1
  return sql
    .exec<{ member_count: number }>(
      'update room set member_count = member_count + ?, version = ? returning member_count',
      difference,
      sequence.version,
    )
    .one().member_count
}

type Row = {
  room_id: string
  kind: string
  access: string
  listed: number
  receipts: string
  password_hash: string | null
  password_version: number
  slow_mode_seconds: number
  frozen: number
  plain_files: number
  name: string | null
  key: string | null
  topic: string | null
  avatar: string | null
  metadata: string | null
  created_at: number
  deleted_at: number | null
  member_count: number
  version: number
  counted_seq: number
}

const toSettings = (row: Row): Settings => ({
  roomId: row.room_id,
  kind: row.kind as RoomKind,
  access: row.access as RoomAccess,
  listed: row.listed === 1,
  receipts: row.receipts as Receipts,
  passwordHash: row.password_hash,
  passwordVersion: row.password_version,
  slowModeSeconds: row.slow_mode_seconds,
  frozen: row.frozen === 1,
  plainFiles: row.plain_files === 1,
  name: row.name,
  key: row.key,
  topic: row.topic,
  avatar: row.avatar,
  metadata: row.metadata,
  createdAt: row.created_at,
  deletedAt: row.deleted_at,
  memberCount: row.member_count,
  version: row.version,
  countedSeq: row.counted_seq,
})
