import type { DmAccess } from '../../directory/dm-access'
import type { Outcome } from '../commit/commit-queue'
import type { State } from '../state/room-state'
import * as events from '../store/events'
import * as members from '../store/members'
import * as settings from '../store/settings'

/** Takes over who of the two in a direct room may write; late and repeated news changes nothing. */
export function apply(
  state: Pick<State, 'sql' | 'head'>,
  contact: DmAccess,
  now: number,
): Outcome<null> {
  const { sql, head } = state
  if (!settings.hear(sql, contact.version) || !members.connect(sql, contact.writers)) {
    return { value: null }
  }
  // Whoever did it, the event is the same: it must not tell a block from a closed door.
  const [first] = members.list(sql, null, 1)
  if (!first) return { value: null }
  return {
    value: null,
    events: [events.append(sql, head, { type: 'room.changed', by: first.userId }, now)],
  }
}
