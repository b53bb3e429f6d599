import { eq, lt, sql } from 'drizzle-orm'
import type { Directory } from './database'
import {
  directRooms,
  memberships,
  mentions,
  roomKeys,
  rooms,
  threadFollows,
  threads,
} from './schema'

const SLICE = 500
const DAY_MS = 24 * 60 * 60 * 1000
// A room purges itself within minutes, or a day when an upload was running. What is older has no object any more.
const ABANDONED_MS = 3 * DAY_MS
const SLICES_PER_SWEEP = 40

/**
 * SQL condition: the room is in the directory and not deleted. Whatever is inserted about a room requires it, so that
 * a write that was under way when the room was deleted brings nothing back.
 */
export const isAlive = (roomId: unknown) =>
  sql`exists (select 1 from ${rooms} where ${rooms.id} = ${roomId} and ${rooms.deletedAt} is null)`

/** Some of those who have a membership. A user's mentions go before it, because it is what finds them. */
export const selectMembers = (directory: Directory, roomId: string) =>
  directory
    .select({ userId: memberships.userId })
    .from(memberships)
    .where(eq(memberships.roomId, roomId))
    .limit(SLICE)

/** `userIds` is a JSON array. Reads what these users were mentioned in while the room existed, and no index for it alone. */
export const deleteMentions = (roomId: string, userIds: string) =>
  sql`delete from ${mentions} where rowid in (
    select m.rowid from json_each(${userIds}) u
    join ${rooms} r on r.id = ${roomId}
    join ${mentions} m on m.user_id = u.value and m.at >= r.created_at and m.room_id = r.id
    limit ${SLICE})`

const deleteThreadFollows = (roomId: string, userIds: string) =>
  sql`delete from ${threadFollows} where rowid in (
    select f.rowid from json_each(${userIds}) u
    join ${threadFollows} f on f.user_id = u.value and f.room_id = ${roomId}
    limit ${SLICE})`

const deleteThreads = (roomId: string) =>
  sql`delete from ${threads} where rowid in (
    select rowid from ${threads} where room_id = ${roomId} limit ${SLICE})`

const deleteMemberships = (roomId: string, userIds: string) =>
  sql`delete from ${memberships} where ${memberships.roomId} = ${roomId}
    and ${memberships.userId} in (select value from json_each(${userIds}))`

const deleteKey = (directory: Directory, roomId: string) =>
  directory.delete(roomKeys).where(eq(roomKeys.roomId, roomId))

/**
 * Deletes a bounded number of the rows that name a deleted room. Returns whether any may be left beside the room's own,
 * which must stay until the last: it is what keeps late writes out, and what says where to go on after a crash.
 */
export async function purgeSlice(directory: Directory, roomId: string): Promise<boolean> {
  const found = await selectMembers(directory, roomId)
  if (found.length > 0) {
    const userIds = JSON.stringify(found.map(({ userId }) => userId))
    for (const slice of [deleteMentions, deleteThreadFollows]) {
      const { meta } = await directory.run(slice(roomId, userIds))
      if (meta.changes === SLICE) return true
    }
    await directory.run(deleteMemberships(roomId, userIds))
  }
  // Now and not with the last rows: who found the room by its key has until then to learn that it is deleted.
  await deleteKey(directory, roomId)
  const { meta } = await directory.run(deleteThreads(roomId))
  return found.length === SLICE || meta.changes === SLICE
}

/** Deletes the last rows that name a deleted room. */
export async function forget(directory: Directory, roomId: string): Promise<void> {
  await directory.batch([
    deleteKey(directory, roomId),
    directory.delete(directRooms).where(eq(directRooms.roomId, roomId)),
    directory.delete(rooms).where(eq(rooms.id, roomId)),
  ])
}

/** The rooms that were deleted before `before`, at most one more than a sweep purges. Uses `rooms_deleted`. */
export const selectAbandoned = (directory: Directory, before: number) =>
  directory
    .select({ id: rooms.id })
    .from(rooms)
    .where(lt(rooms.deletedAt, before))
    .limit(SLICES_PER_SWEEP)

/** Purges a bounded number of rooms that were deleted long ago and left their rows, as all did once. */
export async function sweepAbandoned(directory: Directory, now: number): Promise<void> {
  let slices = SLICES_PER_SWEEP
  for (const { id } of await selectAbandoned(directory, now - ABANDONED_MS)) {
    let isMore = true
    while (isMore && slices > 0) {
      isMore = await purgeSlice(directory, id)
      slices -= 1
    }
    if (isMore) return
    await forget(directory, id)
  }
}
