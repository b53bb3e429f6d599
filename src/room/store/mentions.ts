import { ApiError } from '../../errors'
import { mentionedIn } from '../../schemas/mention-markup'
import { MAX_MENTIONS, type SharedMessage } from '../../schemas/messages'
import type { Sequence } from './sequence'

/** Whom somebody wants to mention: by name beside the text, and in the text. */
export interface MentionInput {
  authorId: string
  named: string[]
  text: string
  /** Those the message mentions already, who may have left since. */
  kept?: string[]
}

export interface ResolvedMentions {
  mentioned: string[]
  /** Those who are not members, or no longer. */
  dropped: string[]
}

/** Finds out who is mentioned, the author aside. Throws `invalid` for too many, and for a named user who never was here. */
export function resolve(
  sql: SqlStorage,
  { authorId, named, text, kept = [] }: MentionInput,
): ResolvedMentions {
  const userIds = new Set([...named, ...mentionedIn(text)])
  userIds.delete(authorId)
  if (userIds.size === 0) return { mentioned: [], dropped: [] }
  if (userIds.size > MAX_MENTIONS) throw invalid(`must be at most ${MAX_MENTIONS}, with the text's`)
  const known = new Map(
    sql
      .exec<{ userId: string; isMember: number }>(
        `select user_id as userId, left_at is null as isMember from members
        where user_id in (select value from json_each(?))`,
        JSON.stringify([...userIds]),
      )
      .toArray()
      .map(({ userId, isMember }) => [userId, isMember === 1]),
  )
  if (named.some((userId) => userIds.has(userId) && !known.has(userId))) {
    throw invalid('must be members of the room')
  }
  const { mentioned = [], dropped = [] } = Object.groupBy(userIds, (userId) =>
    known.get(userId) || kept.includes(userId) ? 'mentioned' : 'dropped',
  )
  return { mentioned, dropped }
}

const invalid = (message: string) =>
  new ApiError('invalid', `mentions: ${message}`, { errors: [{ path: 'mentions', message }] })

/** Keeps whom a post wanted to mention in vain, so that a repeat of it is answered the same. */
export function recordDropped(sql: SqlStorage, seq: number, dropped: string[]): void {
  if (dropped.length === 0) return
  sql.exec('update messages set dropped_mentions = ? where seq = ?', JSON.stringify(dropped), seq)
}

/** What `recordDropped` kept. */
export function droppedBy(sql: SqlStorage, seq: number): string[] {
  const { dropped } = sql
    .exec<{ dropped: string | null }>(
      'select dropped_mentions as dropped from messages where seq = ?',
      seq,
    )
    .one()
  return dropped === null ? [] : JSON.parse(dropped)
}

/** Changes whom a message mentions. Those whose count it changes are synced to the directory, and so is the mention. */
export function replace(
  sql: SqlStorage,
  sequence: Sequence,
  { seq, n, mentions, mentionsRoom }: SharedMessage,
  mentioned: string[],
): void {
  const json = JSON.stringify(mentioned)
  sql.exec(
    'update messages set mentions = ? where seq = ?',
    mentioned.length > 0 ? json : null,
    seq,
  )
  sequence.version += 1
  if (!mentionsRoom) {
    const others = 'user_id not in (select value from json_each(?))'
    sql.exec(`delete from mentions where n = ? and ${others}`, n, json)
    sql.exec(
      'insert or ignore into mentions (user_id, n) select value, ? from json_each(?)',
      n,
      json,
    )
    sql.exec(
      'update members set version = ? where user_id in (select value from json_each(?))',
      sequence.version,
      JSON.stringify([...new Set([...mentions, ...mentioned])]),
    )
  }
  sql.exec(
    'insert or replace into mention_edits (seq, version) values (?, ?)',
    seq,
    sequence.version,
  )
}

/** An edit of mentions that the directory was not told of. */
export type MentionEdit = { seq: number; version: number }

/** Messages whose mentions were edited and not synced since. */
export const editedMessages = (sql: SqlStorage, limit: number) =>
  sql
    .exec<MentionEdit & { at: number; authorId: string; mentions: string | null }>(
      `select e.seq, e.version, created_at as at, author_id as authorId, mentions
      from mention_edits e join messages m on m.seq = e.seq limit +?`,
      limit,
    )
    .toArray()
    .map(({ mentions, ...edit }) => ({
      ...edit,
      userIds: mentions === null ? [] : (JSON.parse(mentions) as string[]),
    }))

/** Forgets edits of mentions that were synced, but for those edited again meanwhile. */
export function markEditsSynced(sql: SqlStorage, edits: MentionEdit[]): void {
  for (const { seq, version } of edits) {
    sql.exec('delete from mention_edits where seq = ? and version = ?', seq, version)
  }
}

/**
 * Records whom a message mentions, and returns the members whose own count this changes. A mention of the whole room
 * changes no member's row. Room mentions are numbered: unread = total - number at the read marker.
 */
export function record(sql: SqlStorage, { n, mentions, mentionsRoom }: SharedMessage): string[] {
  if (mentionsRoom) {
    sql.exec('insert into room_mentions (n, ordinal) values (?, ?)', n, countRoomMentions(sql) + 1)
    return []
  }
  if (mentions.length > 0) {
    sql.exec(
      'insert into mentions (user_id, n) select value, ? from json_each(?)',
      n,
      JSON.stringify(mentions),
    )
  }
  return mentions
}

/** Takes a mention back from a user's count; the message still shows it. */
export function forget(sql: SqlStorage, { userId, seq }: { userId: string; seq: number }): void {
  const ordinal = '(select n from messages where seq = ?)'
  sql.exec(`delete from mentions where user_id = ? and n = ${ordinal}`, userId, seq)
}

/** Users mentioned by name after a seq. */
export const mentionedSince = (sql: SqlStorage, seq: number): string[] =>
  sql
    .exec<{ user_id: string }>(
      `select value as user_id from messages, json_each(mentions)
      where mentions is not null and seq > ?`,
      seq,
    )
    .toArray()
    .map((row) => row.user_id)

/** Messages after a seq that mention someone by name, oldest first. */
export const messagesAfter = (sql: SqlStorage, seq: number, limit: number) =>
  sql
    .exec<{ seq: number; at: number; authorId: string; mentions: string }>(
      `select seq, created_at as at, author_id as authorId, mentions from messages
      where mentions is not null and seq > ? order by seq limit +?`,
      seq,
      limit,
    )
    .toArray()
    .map(({ mentions, ...message }) => ({ ...message, userIds: JSON.parse(mentions) as string[] }))

/** Unread mentions of a user who has read up to the nth message: by name, and of the whole room. */
export const countUnread = (sql: SqlStorage, userId: string, readN: number): number =>
  countByName(sql, userId, readN) + countRoomMentions(sql) - countRoomMentions(sql, readN)

/** Mentions of a user by name after the nth message. */
export const countByName = (sql: SqlStorage, userId: string, readN: number): number =>
  sql
    .exec<{ count: number }>(
      'select count(*) as count from mentions where user_id = ? and n > ?',
      userId,
      readN,
    )
    .one().count

/** How often the whole room was mentioned, up to the nth message. */
export function countRoomMentions(sql: SqlStorage, n = Number.MAX_SAFE_INTEGER): number {
  const [last] = sql
    .exec<{ ordinal: number }>(
      'select ordinal from room_mentions where n <= ? order by n desc limit 1',
      n,
    )
    .toArray()
  return last?.ordinal ?? 0
}
