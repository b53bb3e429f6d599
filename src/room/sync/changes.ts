import type { RoomProjection } from '../../directory/room-projection-types'
import * as mentions from '../store/mentions'
import * as messages from '../store/messages'
import { READ_T } from '../store/read-positions'
import * as roomView from '../store/room-view'
import type { Sequence } from '../store/sequence'
import * as settings from '../store/settings'
import * as threadFollows from '../store/threads/thread-follows'

const MAX_MEMBERS = 500
const MAX_FOLLOWS = 500
// Messages per slice; each mentions at most 25 users.
const MAX_MENTIONING = 40

/** How much of the room the directory projection is known to have. */
export interface SyncPoint {
  /** Every row up to this version. */
  version: number
  /** Every mention up to this seq. */
  mentionedSeq: number
}

export const NOTHING_SYNCED: SyncPoint = { version: 0, mentionedSeq: 0 }

/** The last sync point that was saved. What was synced after it is sent again, which changes nothing. */
export const loadSyncPoint = (sql: SqlStorage): SyncPoint =>
  sql
    .exec<{ version: number; mentionedSeq: number }>(
      'select indexed_version as version, mentioned_seq as mentionedSeq from room',
    )
    .one()

export function saveSyncPoint(sql: SqlStorage, { version, mentionedSeq }: SyncPoint): void {
  sql.exec('update room set indexed_version = ?, mentioned_seq = ?', version, mentionedSeq)
}

/** Whether the room has rows that the directory projection lacks. */
export function exist(sql: SqlStorage, { version, mentionedSeq }: SyncPoint): boolean {
  const { behind } = sql
    .exec<{ behind: number }>(
      `select version > ?
        or exists (select 1 from members where version > ?)
        or exists (select 1 from thread_follows where version > ?)
        or exists (select 1 from messages where mentions is not null and seq > ?)
        or (deleted_at is null and exists (select 1 from mention_edits))
        as behind from room`,
      version,
      version,
      version,
      mentionedSeq,
    )
    .one()
  return behind === 1
}

/** Whether the directory projection lacks this member's row. */
export const existFor = (sql: SqlStorage, { version }: SyncPoint, userId: string): boolean =>
  sql.exec('select 1 from members where user_id = ? and version > ?', userId, version).toArray()
    .length > 0

/**
 * The next slice of rows that the directory projection lacks, in order of version; null when there are none. Of a deleted
 * room it lacks only that it is deleted.
 */
export function read(
  sql: SqlStorage,
  sequence: Sequence,
  synced: SyncPoint,
): RoomProjection | null {
  if (!exist(sql, synced)) return null
  const room = settings.read(sql)
  const last = messages.findLast(sql)
  const isDeleted = room.deletedAt !== null
  const rows = isDeleted ? [] : membersAfter(sql, synced.version)
  const followed = isDeleted ? [] : threadFollows.changedAfter(sql, synced.version, MAX_FOLLOWS)
  // Where either list was cut short, the rest follows from there.
  const upTo = Math.min(
    lastVersion(rows, MAX_MEMBERS) ?? sequence.version,
    lastVersion(followed, MAX_FOLLOWS) ?? sequence.version,
  )
  const more = upTo < sequence.version
  const mentioning = isDeleted
    ? []
    : mentions.messagesAfter(sql, synced.mentionedSeq, MAX_MENTIONING)
  const edited = isDeleted ? [] : mentions.editedMessages(sql, MAX_MENTIONING)
  return {
    roomId: room.roomId,
    version: sequence.version,
    kind: room.kind,
    access: room.access,
    listed: room.listed,
    receipts: room.receipts,
    hasPassword: room.passwordHash !== null,
    slowModeSeconds: room.slowModeSeconds,
    frozen: room.frozen,
    plainFiles: room.plainFiles,
    name: room.name,
    key: room.key,
    topic: room.topic,
    avatar: room.avatar,
    metadata: room.metadata,
    createdAt: room.createdAt,
    deletedAt: room.deletedAt,
    seq: sequence.seq,
    n: sequence.n,
    t: sequence.t,
    memberCount: room.memberCount,
    lastMessage: last && {
      seq: last.seq,
      authorId: last.author.id,
      text: last.text,
      attachments: roomView.summarizeAttachments(last),
      at: Date.parse(last.createdAt),
    },
    members: rows.map(toProjectionMember),
    unconfirmed: rows.flatMap((row) => (row.unconfirmed ? [row.user_id] : [])),
    since: synced.version,
    upTo,
    threadFollows: followed,
    roomMentions: mentions.countRoomMentions(sql),
    mentions: [...mentioning, ...edited].flatMap(({ seq, at, authorId, userIds }) =>
      userIds.map((userId) => ({ userId, authorId, at, seq })),
    ),
    mentionedUpTo: isDeleted ? sequence.seq : (mentioning.at(-1)?.seq ?? synced.mentionedSeq),
    mentionEdits: edited.map(({ seq, version }) => ({ seq, version })),
    more: more || mentioning.length === MAX_MENTIONING || edited.length === MAX_MENTIONING,
  }
}

/** The version up to which a list of this length goes; undefined: to the end. */
const lastVersion = (rows: { version: number }[], most: number): number | undefined =>
  rows.length < most ? undefined : rows.at(-1)?.version

const membersAfter = (sql: SqlStorage, version: number): Row[] =>
  sql
    .exec<Row>(
      `select *, ${READ_T} as read_t,
        (select count(*) from mentions o where o.user_id = m.user_id and o.n > m.read_n) as mentions,
        (select max(ordinal) from room_mentions where n <= m.read_n) as read_room_mentions
      from members m where version > ? order by version limit +?`,
      version,
      MAX_MEMBERS,
    )
    .toArray()

/** Marks the profiles of these members as read back from the directory. */
export function markConfirmed(sql: SqlStorage, { unconfirmed }: RoomProjection): void {
  for (const userId of unconfirmed) {
    sql.exec('update members set unconfirmed = 0 where user_id = ?', userId)
  }
}

type Row = {
  user_id: string
  unconfirmed: number
  role: string
  joined_at: number
  left_at: number | null
  muted_until: number | null
  read_seq: number
  read_n: number
  read_t: number
  sent_count: number
  visited_at: number
  hidden: number
  notify: string | null
  snoozed_until: number | null
  favourite: number
  archived_t: number | null
  mentions: number
  read_room_mentions: number | null
  version: number
  marks: number
}

const toProjectionMember = (row: Row): RoomProjection['members'][number] => ({
  userId: row.user_id,
  version: row.version,
  role: row.role,
  joinedAt: row.joined_at,
  leftAt: row.left_at,
  mutedUntil: row.muted_until,
  readSeq: row.read_seq,
  readN: row.read_n,
  readT: row.read_t,
  sentCount: row.sent_count,
  visitedAt: row.visited_at,
  hidden: row.hidden,
  notify: row.notify,
  snoozedUntil: row.snoozed_until,
  favourite: row.favourite,
  archivedT: row.archived_t,
  mentions: row.mentions,
  readRoomMentions: row.read_room_mentions ?? 0,
  marks: row.marks,
})
