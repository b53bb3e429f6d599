import { type SQL, sql } from 'drizzle-orm'
import { memberships, rooms } from './schema'

/** SQL: how many messages the timeline of the room has. A row that a room of before wrote has no `t`. */
const timeline = sql`coalesce(${rooms.t}, ${rooms.n})`

/** SQL condition: the member's snooze has not ended. */
export const isSnoozed = (now: number): SQL =>
  sql`coalesce(${memberships.snoozedUntil}, 0) > ${now}`

/**
 * SQL condition: the member put the room away, and nothing has brought it back (see `preferencesAt`). Its first part
 * uses `memberships_archived`.
 */
export const isArchived = (now: number): SQL =>
  sql`(${memberships.archivedT} is not null and (${timeline} <= ${memberships.archivedT} or ${isSnoozed(now)}))`

/** SQL condition: the room is a favourite. It uses `memberships_favourite`. */
export const isFavourite: SQL = sql`${memberships.isFavourite} = 1`

/** SQL: how much of the room notifies the member. */
export const notify: SQL<string> = sql`coalesce(${memberships.notify}, iif(${rooms.access} = 'open', 'mentions', 'all'))`
