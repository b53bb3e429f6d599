import { type MemberRecord, select } from './members'
import type { Sequence } from './sequence'

/** Where a page of the roster ended. */
export interface MemberCursor {
  joinedAt: number
  userId: string
}

/** Current members in the order they joined, after a cursor. */
export const list = (sql: SqlStorage, after: MemberCursor | null, limit: number): MemberRecord[] =>
  select(
    sql,
    `where left_at is null and (joined_at, user_id) > (?, ?)
      order by joined_at, user_id limit +?`,
    after?.joinedAt ?? -1,
    after?.userId ?? '',
    limit,
  )

/** What a member is found by. */
export type MemberName = {
  userId: string
  joinedAt: number
  displayName: string
  username: string | null
}

/** Names of current members in the order they joined, after a cursor. */
export const listNames = (
  sql: SqlStorage,
  after: MemberCursor | null,
  limit: number,
): MemberName[] =>
  sql
    .exec<MemberName>(
      `select user_id as userId, joined_at as joinedAt, display_name as displayName, username from members
      where left_at is null and (joined_at, user_id) > (?, ?) order by joined_at, user_id limit +?`,
      after?.joinedAt ?? -1,
      after?.userId ?? '',
      limit,
    )
    .toArray()

/** Members with these ids, in the order they joined. */
export const findMany = (sql: SqlStorage, userIds: string[]): MemberRecord[] =>
  userIds.length === 0
    ? []
    : select(
        sql,
        'where user_id in (select value from json_each(?)) order by joined_at, user_id',
        JSON.stringify(userIds),
      )

/** The number of owners, counted no further than two. */
export const countOwners = (sql: SqlStorage): number =>
  sql.exec(`select 1 from members where role = 'owner' and left_at is null limit 2`).toArray()
    .length

/** Whether a room has another owner than this one, whose account is not hidden. */
export const hasOtherOwner = (sql: SqlStorage, userId: string): boolean =>
  sql
    .exec(
      `select 1 from members
      where role = 'owner' and left_at is null and username is not null and user_id <> ? limit 1`,
      userId,
    )
    .toArray().length > 0

/** Who takes over from the last owner: of the other members, the one who joined first, if possible one whose account is not hidden. */
export const successor = (sql: SqlStorage): MemberRecord | undefined =>
  firstMember(sql, 'and username is not null') ?? firstMember(sql, '')

const firstMember = (sql: SqlStorage, condition: string): MemberRecord | undefined =>
  select(
    sql,
    `where left_at is null and role <> 'owner' ${condition} order by joined_at, user_id limit 1`,
  )[0]

/** Lets only these members write in a direct room. Returns whether that changed anything. */
export function setDmWriters(sql: SqlStorage, writers: string[]): boolean {
  return (
    sql.exec(
      `update members set connected = not connected
      where connected <> (user_id in (select value from json_each(?)))`,
      JSON.stringify(writers),
    ).rowsWritten > 0
  )
}

/** Whether one of the two of a direct room may not write. */
export const isDmClosed = (sql: SqlStorage): boolean =>
  sql.exec('select 1 from members where connected = 0 limit 1').toArray().length > 0

/** Members whose read marker moved since their row was last synced. Reads the whole roster, once per wake. */
export function withUnsyncedReadMarker(sql: SqlStorage): string[] {
  return sql
    .exec<{ user_id: string }>('select user_id from members where read_seq <> told_seq')
    .toArray()
    .map((row) => row.user_id)
}

/** Hides an empty direct room from its member's list, or shows it. */
export function setHidden(
  sql: SqlStorage,
  sequence: Sequence,
  userId: string,
  isHidden: boolean,
): void {
  sequence.version += 1
  sql.exec(
    'update members set hidden = ?, version = ? where user_id = ?',
    Number(isHidden),
    sequence.version,
    userId,
  )
}
