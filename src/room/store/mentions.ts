import { ApiError } from '../../errors'
import type { SharedMessage } from '../../schemas/messages'

/** Throws `invalid` unless all of these users are members. */
export function assertMembers(sql: SqlStorage, userIds: string[]): void {
  if (userIds.length === 0) return
  const { count } = sql
    .exec<{ count: number }>(
      `select count(*) as count from members
      where left_at is null and user_id in (select value from json_each(?))`,
      JSON.stringify(userIds),
    )
    .one()
  if (count === userIds.length) return
  throw new ApiError('invalid', 'mentions: you can only mention members of the room.', {
    errors: [{ path: 'mentions', message: 'must be members of the room' }],
  })
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
