import type { Profile } from '../../directory/profiles'
import { ApiError } from '../../errors'
import type { RoomRole, SharedMember } from '../../schemas/members'
import { fromStored } from '../../schemas/metadata'
import { iso } from '../../schemas/primitives'
import * as authors from './author-cache'
import { READ_T } from './read-positions'
import type { Sequence } from './sequence'

/** A current or former member as stored. Times are milliseconds since the epoch. */
export interface MemberRecord {
  userId: string
  username: string | null
  displayName: string
  avatar: string | null
  profileVersion: number
  suspendedUntil: number | null
  mutedUntil: number | null
  /** false in a direct room while the other member does not accept messages. */
  isConnected: boolean
  /** In a direct room: the other opened it, so until a message comes their own list does not show it. */
  isHidden: boolean
  /** When they last posted; kept in slow mode only. */
  postedAt: number | null
  /** null: no longer a member. */
  role: RoomRole | null
  /** Stays after they leave. */
  joinedAt: number
  leftAt: number | null
  /** Whether someone else ended the membership. */
  isRemoved: boolean
  readSeq: number
  readN: number
  readT: number
  sentCount: number
  visitedAt: number
  /** Grows with every change of the row that the directory shows. */
  version: number
  /** How often they moved their read marker. */
  marks: number
  /** As JSON; null for none. */
  metadata: string | null
}

export function find(sql: SqlStorage, userId: string): MemberRecord | undefined {
  return select(sql, 'where user_id = ?', userId)[0]
}

/** Throws `not_found`. */
export function get(sql: SqlStorage, userId: string): MemberRecord {
  const member = find(sql, userId)
  if (!member) throw new ApiError('not_found', 'There is no such member in this room.')
  return member
}

/** Makes someone a member, for the first time or again. Everything posted before counts as read. */
export function join(
  sql: SqlStorage,
  sequence: Sequence,
  { profile, role }: { profile: Profile; role: RoomRole },
  now: number,
): MemberRecord {
  sequence.version += 1
  authors.forget(sql, profile.id)
  const row = sql
    .exec<Row>(
      `insert into members (user_id, username, display_name, profile_version, suspended_until,
        unconfirmed, avatar, role,
        joined_at, left_at, removed, read_seq, read_n, sent_count, visited_at, told_seq, version, read_t)
      values (?1, ?2, ?3, ?4, ?10, 1, ?11, ?5, ?6, null, 0, ?7, ?8, 0, ?6, ?7, ?9, ?12)
      on conflict (user_id) do update set
        username = excluded.username, display_name = excluded.display_name, avatar = excluded.avatar,
        profile_version = excluded.profile_version,
        suspended_until = excluded.suspended_until, unconfirmed = 1, role = excluded.role,
        joined_at = excluded.joined_at, left_at = null, removed = 0, read_seq = excluded.read_seq,
        read_n = excluded.read_n, read_t = excluded.read_t, told_seq = excluded.told_seq, visited_at = excluded.visited_at, version = excluded.version
      returning *`,
      profile.id,
      profile.username,
      profile.displayName,
      profile.version,
      role,
      now,
      sequence.seq,
      sequence.n,
      sequence.version,
      profile.suspendedUntil,
      profile.avatar,
      sequence.t,
    )
    .one()
  return toMember(row)
}

/** Ends a membership, and forgets what the member chose for themselves in it. */
export function leave(
  sql: SqlStorage,
  sequence: Sequence,
  { userId, isRemoved }: { userId: string; isRemoved: boolean },
  now: number,
): void {
  sequence.version += 1
  sql.exec(
    `update members set left_at = ?, removed = ?, version = ?,
      notify = null, snoozed_until = null, favourite = 0, archived_t = null, metadata = null
    where user_id = ?`,
    now,
    Number(isRemoved),
    sequence.version,
    userId,
  )
}

/** Stores someone as a former member, so that the room can show their name. */
export function rememberNonMember(
  sql: SqlStorage,
  sequence: Sequence,
  profile: Profile,
  now: number,
): void {
  if (find(sql, profile.id)) return
  join(sql, sequence, { profile, role: 'member' }, now)
  leave(sql, sequence, { userId: profile.id, isRemoved: false }, now)
}

export function mute(
  sql: SqlStorage,
  sequence: Sequence,
  userId: string,
  until: number | null,
): void {
  sequence.version += 1
  sql.exec(
    'update members set muted_until = ?, version = ? where user_id = ?',
    until,
    sequence.version,
    userId,
  )
}

/** The directory has none of it, so there is nothing to sync. */
export function setMetadata(sql: SqlStorage, userId: string, stored: string | null): void {
  sql.exec('update members set metadata = ? where user_id = ?', stored, userId)
}

/** Stores when a member posted, for slow mode. */
export function setPostedAt(sql: SqlStorage, userId: string, at: number): void {
  sql.exec('update members set posted_at = ? where user_id = ?', at, userId)
}

/** Stores a profile if it is newer. Returns whether it was. */
export function updateProfile(sql: SqlStorage, profile: Profile): boolean {
  authors.forget(sql, profile.id)
  return (
    sql.exec(
      `update members set username = ?, display_name = ?, avatar = ?, suspended_until = ?, profile_version = ?
      where user_id = ? and profile_version < ?`,
      profile.username,
      profile.displayName,
      profile.avatar,
      profile.suspendedUntil,
      profile.version,
      profile.id,
      profile.version,
    ).rowsWritten > 0
  )
}

export function setRole(sql: SqlStorage, sequence: Sequence, userId: string, role: RoomRole): void {
  sequence.version += 1
  sql.exec(
    'update members set role = ?, version = ? where user_id = ?',
    role,
    sequence.version,
    userId,
  )
}

export const toSharedMember = (member: MemberRecord): SharedMember => ({
  user: authors.toAuthor(member),
  role: member.role,
  joinedAt: iso(member.joinedAt),
  mutedUntil: member.mutedUntil === null ? null : iso(member.mutedUntil),
  metadata: fromStored(member.metadata),
})

/** Members that a `where` clause selects. */
export function select(
  sql: SqlStorage,
  where: string,
  ...bindings: (string | number)[]
): MemberRecord[] {
  return sql
    .exec<Row>(`select *, ${READ_T} as read_t from members ${where}`, ...bindings)
    .toArray()
    .map(toMember)
}

type Row = {
  user_id: string
  username: string | null
  display_name: string
  avatar: string | null
  profile_version: number
  suspended_until: number | null
  role: string
  joined_at: number
  left_at: number | null
  removed: number
  muted_until: number | null
  connected: number
  hidden: number
  posted_at: number | null
  read_seq: number
  read_n: number
  read_t: number
  sent_count: number
  visited_at: number
  version: number
  marks: number
  metadata: string | null
}

const toMember = (row: Row): MemberRecord => ({
  userId: row.user_id,
  username: row.username,
  displayName: row.display_name,
  avatar: row.avatar,
  profileVersion: row.profile_version,
  suspendedUntil: row.suspended_until,
  role: row.left_at === null ? (row.role as RoomRole) : null,
  joinedAt: row.joined_at,
  leftAt: row.left_at,
  isRemoved: row.removed === 1,
  mutedUntil: row.muted_until,
  isConnected: row.connected === 1,
  isHidden: row.hidden === 1,
  postedAt: row.posted_at,
  readSeq: row.read_seq,
  readN: row.read_n,
  readT: row.read_t,
  sentCount: row.sent_count,
  visitedAt: row.visited_at,
  version: row.version,
  marks: row.marks,
  metadata: row.metadata,
})
