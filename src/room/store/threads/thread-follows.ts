import type { Sequence } from '../sequence'

/** How far a user has read a thread that they follow, or followed once. */
export interface ThreadFollow {
  rootSeq: number
  /** How many of its replies count as read. */
  readCount: number
  following: boolean
}

export function find(sql: SqlStorage, userId: string, rootSeq: number): ThreadFollow | undefined {
  const [row] = sql
    .exec<{ read_count: number; following: number }>(
      'select read_count, following from thread_follows where user_id = ? and root_seq = ?',
      userId,
      rootSeq,
    )
    .toArray()
  return row && { rootSeq, readCount: row.read_count, following: row.following === 1 }
}

/** How many threads that a user follows have replies that they have not read. */
export const countUnread = (sql: SqlStorage, userId: string): number =>
  sql
    .exec<{ count: number }>(
      `select count(*) as count from thread_follows f join messages m on m.seq = f.root_seq
      where f.user_id = ? and f.following = 1 and m.reply_count > f.read_count`,
      userId,
    )
    .one().count

/** Stores it for the next sync to send. */
export function save(
  sql: SqlStorage,
  sequence: Sequence,
  userId: string,
  { rootSeq, readCount, following }: ThreadFollow,
): void {
  sequence.version += 1
  sql.exec(
    `insert into thread_follows (user_id, root_seq, read_count, following, version)
    values (?1, ?2, ?3, ?4, ?5)
    on conflict (user_id, root_seq) do update set read_count = excluded.read_count,
      following = excluded.following, mentioned_seq = null, version = excluded.version`,
    userId,
    rootSeq,
    readCount,
    Number(following),
    sequence.version,
  )
}

/** Makes users follow a thread, but for those who already did once. `mentionedSeq` is the reply that mentions them. */
export function begin(
  sql: SqlStorage,
  sequence: Sequence,
  userIds: string[],
  {
    rootSeq,
    readCount,
    mentionedSeq,
  }: { rootSeq: number; readCount: number; mentionedSeq?: number },
): void {
  for (const userId of userIds) {
    sequence.version += 1
    sql.exec(
      `insert into thread_follows (user_id, root_seq, read_count, following, mentioned_seq, version)
      values (?, ?, ?, 1, ?, ?) on conflict do nothing`,
      userId,
      rootSeq,
      readCount,
      mentionedSeq ?? null,
      sequence.version,
    )
  }
}

/** Ends what a mention began, which must not reach the user. */
export function forgetMention(
  sql: SqlStorage,
  sequence: Sequence,
  { userId, seq }: { userId: string; seq: number },
): void {
  sequence.version += 1
  sql.exec(
    `update thread_follows set following = 0, mentioned_seq = null, version = ?
    where user_id = ? and mentioned_seq = ?
      and root_seq = (select coalesce(reply_to, seq) from messages where seq = ?)`,
    sequence.version,
    userId,
    seq,
    seq,
  )
}

/** A follow as the directory gets it, with what there is to follow. */
export interface FollowRow extends Record<string, SqlStorageValue> {
  userId: string
  rootSeq: number
  readCount: number
  following: number
  version: number
  replyCount: number
  lastReplyAt: number | null
}

/** Follows that changed after a version. Each reply changes that of its author, so no change of a thread is missed. */
export const changedAfter = (sql: SqlStorage, version: number, limit: number): FollowRow[] =>
  sql
    .exec<FollowRow>(
      `select f.user_id as userId, f.root_seq as rootSeq, f.read_count as readCount, f.following,
        f.version, m.reply_count as replyCount, m.last_reply_at as lastReplyAt
      from thread_follows f join messages m on m.seq = f.root_seq
      where f.version > ? order by f.version limit +?`,
      version,
      limit,
    )
    .toArray()
