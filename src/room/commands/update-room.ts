import type { Event } from '../../schemas/events'
import type { Outcome } from '../commit/commit-queue'
import type { Sockets } from '../connections/socket-registry'
import type { Caller } from '../policy/authorize'
import * as actors from '../policy/authorize'
import { require } from '../policy/permissions'
import type { State } from '../state/room-state'
import * as events from '../store/events'
import * as members from '../store/members'
import * as settings from '../store/settings'

/** Changes the room's settings; what is so already changes nothing. */
export function change(
  state: State,
  sockets: Sockets,
  caller: Caller,
  change: settings.Change,
  reason: string | undefined,
  now: number,
): Outcome<null> {
  const { sql, head } = state
  const actor = actors.find(state, caller, now)
  const { frozen, ...rest } = change
  if (frozen !== undefined) require(actor.rules, actor, 'room.freeze', now)
  if (frozen === undefined || Object.keys(rest).length > 0) {
    require(actor.rules, actor, 'room.edit', now)
  }
  const changed = settings.write(sql, head, change)
  const told: Event[] = []
  const event = { by: caller.userId, reason, audited: true }
  if (changed.includes('frozen')) {
    told.push(events.append(sql, head, { type: 'room.frozen', ...event }, now))
  }
  if (changed.some((key) => key !== 'frozen')) {
    told.push(events.append(sql, head, { type: 'room.changed', ...event }, now))
  }
  if (!changed.includes('access')) return { value: null, events: told }
  return { value: null, events: told, ends: () => closeToStrangers(sql, sockets) }
}

// Who reads an open room without being in it loses it when it closes.
function closeToStrangers(sql: SqlStorage, sockets: Sockets): void {
  if (settings.read(sql).access === 'open') return
  for (const userId of sockets.online) {
    if (!members.find(sql, userId)?.role) sockets.closeAll(userId, 4403, 'forbidden')
  }
}
