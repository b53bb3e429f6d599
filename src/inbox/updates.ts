import type { InboxUpdate } from '../schemas/inbox'
import type { Room } from '../schemas/rooms'
import type { RoomNews } from './room-news'

/**
 * What the sockets are told of news that is newer than what they have. `isTheirs`: whether they had the room. `isKnown`:
 * whether they heard of it at all; that it is gone is told again as of later, so that nothing between brings it back.
 * `isSure`: whether nothing before this can have been missed; else they are told the room whole.
 */
export function updatesOf(
  news: RoomNews,
  { isTheirs, isKnown, isSure }: { isTheirs: boolean; isKnown: boolean; isSure: boolean },
): InboxUpdate[] {
  const { roomId, version, room, why, by } = news
  if (room === null) {
    if (!isKnown) return []
    return [{ type: 'room.removed', roomId, version, why: news.removed ?? 'left' }]
  }
  if (!isTheirs || why === 'added') return [{ type: 'room.added', room, by: by ?? null }]
  if (why === 'settings' || !isSure) return [{ type: 'room.updated', room }]
  if (why === 'marker') return [{ type: 'read', roomId, version, ...countsOf(room) }]
  const { seq, n, t, lastMessage } = room
  return [{ type: 'activity', roomId, version, seq, n, t, lastMessage, ...countsOf(room) }]
}

function countsOf({ me }: Room) {
  if (!me) throw new Error('A room tells its members only.')
  const { readSeq, unread, unreadMentions, unreadThreads } = me
  return { readSeq, unread, unreadMentions, unreadThreads }
}

/** The direct rooms among what is told, which come without their peer. */
export const directRoomsOf = (updates: InboxUpdate[]): Room[] =>
  updates.flatMap((update) =>
    'room' in update && update.room.kind === 'direct' ? [update.room] : [],
  )
