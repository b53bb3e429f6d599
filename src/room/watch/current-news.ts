import { withMe } from '../queries/room-personal'
import { cachedSettings } from '../state/read-cache'
import type { RoomState } from '../state/room-state'
import * as members from '../store/members'
import * as roomView from '../store/room-view'
import type { CurrentNews } from './watchers'

/** The room as each of these users sees it now; null for who is not in it, or does not know of it yet. */
export function currentNews(
  state: RoomState,
  userIds: string[],
  now: number,
): Map<string, CurrentNews> {
  const { sql, sequence, memberCounters } = state
  const news = new Map<string, CurrentNews>(
    userIds.map((userId) => [userId, { version: sequence.seq, room: null }]),
  )
  const room = roomView.shared(sql)
  const rules = cachedSettings(state)
  const removed = rules.deletedAt === null ? 'left' : 'deleted'
  const where = 'where user_id in (select value from json_each(?))'
  for (const row of members.select(sql, where, JSON.stringify(userIds))) {
    const member = memberCounters.addTo(row)
    const isThere = member.role !== null && rules.deletedAt === null
    const isHidden = member.isHidden && sequence.n === 0
    const version = room.seq + row.version + row.marks
    news.set(
      row.userId,
      isThere && !isHidden
        ? { version, room: withMe(sql, { room, rules, member }, now) }
        : { version, room: null, removed },
    )
  }
  return news
}
