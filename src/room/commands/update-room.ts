import type { Event } from '../../schemas/events'
import { changeStored } from '../../schemas/metadata'
import type { CommandResult } from '../commit/command-result'
import type { RoomSockets } from '../connections/room-sockets'
import { requireMayChange } from '../policy/room-change'
import * as events from '../store/events'
import * as members from '../store/members'
import * as settings from '../store/settings'
import type { CommandContext } from './command-context'

/** Changes the room's settings. What holds already changes nothing. */
export function updateRoom(
  context: CommandContext,
  { change, reason }: { change: settings.RoomChange; reason?: string | undefined },
): CommandResult<null> {
  const { state, sockets, caller, now } = context
  const { sql, sequence } = state
  requireMayChange(context, change)
  const { metadata, isMerge, ...rest } = change
  const stored = changeStored(settings.read(sql).metadata, { metadata, isMerge })
  const changed = settings.write(sql, sequence, { ...rest, metadata: stored })
  const told: Event[] = []
  const event = { by: caller.userId, reason, audited: true }
  if (changed.includes('frozen')) {
    told.push(events.append(sql, sequence, { type: 'room.frozen', ...event }, now))
  }
  if (changed.some((key) => key !== 'frozen')) {
    told.push(events.append(sql, sequence, { type: 'room.changed', ...event }, now))
  }
  if (!changed.includes('access')) return { value: null, events: told }
  return { value: null, events: told, closeSockets: () => closeVisitors(sql, sockets) }
}

// Whoever reads an open room without being a member loses it when it closes.
function closeVisitors(sql: SqlStorage, sockets: RoomSockets): void {
  if (settings.read(sql).access === 'open') return
  for (const userId of sockets.onlineUserIds) {
    if (!members.find(sql, userId)?.role) sockets.closeUser(userId, 4403, 'forbidden')
  }
}
