import type { RoomPatch } from '../schemas/rooms'
import * as events from './events'
import type { Outcome } from './flush'
import * as members from './members'
import { require } from './permissions'
import * as settings from './settings'
import type { State } from './state'

/** Changes the room's settings; what is so already changes nothing. */
export function change(
  { sql, head }: State,
  userId: string,
  patch: RoomPatch,
  now: number,
): Outcome<null> {
  require(members.find(sql, userId)?.role ?? null, 'room.edit')
  if (!settings.write(sql, head, patch)) return { value: null }
  return {
    value: null,
    events: [events.append(sql, head, { type: 'room.changed', by: userId }, now)],
  }
}
