import type { DmAccess } from '../../directory/dm-access'
import type { CommandResult } from '../commit/command-result'
import * as events from '../store/events'
import * as roster from '../store/roster'
import * as settings from '../store/settings'
import type { SystemContext } from './command-context'

/** Takes over who of the two in a direct room may write. A late or repeated call changes nothing. */
export function applyDmAccess(
  { state, now }: SystemContext,
  { version, writers }: DmAccess,
): CommandResult<null> {
  const { sql, sequence } = state
  if (!settings.acceptDmAccessVersion(sql, version) || !roster.setDmWriters(sql, writers))
    return { value: null }
  // Whoever changed it, the event is the same: it must not tell a block from a closed door.
  const [first] = roster.list(sql, null, 1)
  if (!first) return { value: null }
  const changed = events.append(sql, sequence, { type: 'room.changed', by: first.userId }, now)
  return { value: null, events: [changed] }
}
