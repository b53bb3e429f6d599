import type { Directory } from '../directory/database'
import * as unread from '../directory/unread'
import type { Room } from '../schemas/rooms'
import type { Unread } from '../schemas/unread'
import { freshRooms } from './client'

/** What one room adds to somebody's counts. */
export interface RoomCounts {
  unread: number
  unreadMentions: number
  unreadThreads: number
  notify: string
  isSnoozed: boolean
  isArchived: boolean
}

/** A room whose counts have changed: as the directory has it, and as it is. undefined: not theirs. */
export interface ChangedCounts {
  before: RoomCounts | undefined
  after: RoomCounts | undefined
}

export const countsOf = ({ me }: Room): RoomCounts | undefined =>
  me
    ? {
        unread: me.unread,
        unreadMentions: me.unreadMentions,
        unreadThreads: me.unreadThreads,
        notify: me.notify,
        isSnoozed: me.snoozedUntil !== null,
        isArchived: me.archived,
      }
    : undefined

/** The counts over all rooms, with those of some rooms replaced. */
export function withCounts(total: Unread, changed: ChangedCounts[]): Unread {
  const result = { ...total, snoozed: { ...total.snoozed } }
  for (const { before, after } of changed) {
    add(result, before, -1)
    add(result, after, 1)
  }
  return result
}

// The same rules as the statement of `total` in the directory.
function add(total: Unread, counts: RoomCounts | undefined, sign: 1 | -1): void {
  if (!counts) return
  total.threads += sign * counts.unreadThreads
  if (counts.isArchived) return
  const { unread, unreadMentions, notify, isSnoozed } = counts
  const sum = isSnoozed ? total.snoozed : total
  sum.rooms += sign * Number(unread > 0)
  sum.unread += sign * unread
  sum.unreadMentions += sign * unreadMentions
  if (isSnoozed) return
  const badge = { all: Math.max(unread, unreadMentions), mentions: unreadMentions }[notify] ?? 0
  total.badge += sign * badge
}

/** The counts over all rooms of a user, with what rooms told a moment ago and the directory does not have. */
export async function totalWithNews(
  env: Pick<Env, 'INBOXES'>,
  directory: Directory,
  userId: string,
  now: number,
): Promise<Unread> {
  const [total, fresh] = await Promise.all([
    unread.total(directory, userId, now),
    freshRooms(env, userId),
  ])
  if (fresh.length === 0) return total
  const ids = fresh.map(({ id }) => id)
  const stored = new Map(
    (await unread.ofRooms(directory, userId, ids, now)).map((row) => [row.roomId, row]),
  )
  const changed = fresh.flatMap((room): ChangedCounts[] => {
    const before = stored.get(room.id)
    const isNewer = (room.me?.version ?? 0) > (before?.version ?? -1)
    return isNewer ? [{ before, after: countsOf(room) }] : []
  })
  return withCounts(total, changed)
}
