import { inArray, sql } from 'drizzle-orm'
import type { Directory } from './directory'
import * as profiles from './profiles'
import { users } from './tables'

/** What a room knows and the index shows: its own row and the memberships that changed. Times in ms. */
export interface IndexRows {
  roomId: string
  /** The room's; rows of the index only ever go to a greater one. */
  version: number
  kind: string
  access: string
  listed: boolean
  name: string | null
  topic: string | null
  createdAt: number
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
    readSeq: number
    readN: number
    sentCount: number
    visitedAt: number
  }[]
  /** Members whose profile is to be read back: they joined since the last time. */
  unconfirmed: string[]
  /** All changes up to this version are in these rows. */
  upTo: number
  more: boolean
}

const PREVIEW = 140

/**
 * Writes a room's rows into the index, in one batch: late and repeated calls change nothing. Answers the
 * profiles of those who joined, as of the same moment, so that a join which races a rename ends right.
 */
export async function apply(directory: Directory, rows: IndexRows): Promise<profiles.Profile[]> {
  const unconfirmed = sql`select value from json_each(${JSON.stringify(rows.unconfirmed)})`
  const [, , found] = await directory.batch([
    directory.run(upsertRoom(rows)),
    directory.run(upsertMembers(rows)),
    profiles.where(directory, inArray(users.id, unconfirmed)),
  ])
  return found.map(profiles.toProfile)
}

/** The profile of someone who is about to join; undefined when there never was such a user. */
export async function profile(
  directory: Directory,
  userId: string,
): Promise<profiles.Profile | undefined> {
  const [found] = await profiles.find(directory, [userId])
  return found
}

function upsertRoom(rows: IndexRows) {
  const last = rows.lastMessage
  const lastMessage =
    last &&
    JSON.stringify({
      seq: last.seq,
      authorId: last.authorId,
      preview: last.text && [...last.text].slice(0, PREVIEW).join(''),
      at: last.at,
    })
  return sql`
    insert into rooms (id, version, kind, access, listed, name, topic, created_at, seq, n,
      member_count, last_message, last_message_at)
    values (${rows.roomId}, ${rows.version}, ${rows.kind}, ${rows.access}, ${Number(rows.listed)},
      ${rows.name}, ${rows.topic}, ${rows.createdAt}, ${rows.seq}, ${rows.n}, ${rows.memberCount},
      ${lastMessage ?? null}, ${last?.at ?? rows.createdAt})
    on conflict (id) do update set
      version = excluded.version, access = excluded.access, listed = excluded.listed,
      name = excluded.name, topic = excluded.topic, seq = excluded.seq, n = excluded.n,
      member_count = excluded.member_count, last_message = excluded.last_message,
      last_message_at = excluded.last_message_at
    where excluded.version > rooms.version`
}

function upsertMembers(rows: IndexRows) {
  return sql`
    insert into memberships (user_id, room_id, version, role, joined_at, left_at, read_seq, read_n,
      sent_count, visited_at)
    select value ->> 'userId', ${rows.roomId}, value ->> 'version', value ->> 'role',
      value ->> 'joinedAt', value ->> 'leftAt', value ->> 'readSeq', value ->> 'readN',
      value ->> 'sentCount', value ->> 'visitedAt'
    from json_each(${JSON.stringify(rows.members)}) where true
    on conflict (user_id, room_id) do update set
      version = excluded.version, role = excluded.role, joined_at = excluded.joined_at,
      left_at = excluded.left_at, read_seq = excluded.read_seq, read_n = excluded.read_n,
      sent_count = excluded.sent_count, visited_at = excluded.visited_at
    where excluded.version > memberships.version`
}
