import { ApiError } from '../../errors'
import {
  type Preferences,
  type PreferencesPatch,
  preferencesAt,
  type StoredPreferences,
} from '../../schemas/preferences'
import type { CommandResult } from '../commit/command-result'
import { authorize } from '../policy/authorize'
import { preserveCache } from '../state/read-cache'
import * as preferences from '../store/preferences'
import type { CommandContext } from './command-context'

/** Changes what the caller chose for themselves. Only their own sockets are told. The same again changes nothing. */
export function changePreferences(
  context: CommandContext,
  { snoozedUntil, archived, ...patch }: PreferencesPatch,
): CommandResult<Preferences> {
  const { state, caller, now } = context
  const { sql, sequence } = state
  const { userId } = caller
  const { role, rules } = authorize(context, 'room.read')
  if (!role) {
    throw new ApiError('forbidden', 'Join this room first: only members have preferences.')
  }
  const before = preferences.read(sql, userId)
  const after = {
    notify: patch.notify ?? before.notify,
    snoozedUntil: snoozedUntil === undefined ? before.snoozedUntil : toTime(snoozedUntil),
    isFavourite: patch.favourite ?? before.isFavourite,
    archivedT: archived === undefined ? before.archivedT : archived ? sequence.t : null,
  }
  const value = preferencesAt(after, { access: rules.access, t: sequence.t }, now)
  if (isSame(after, before)) return { value }
  preserveCache(state, () => preferences.save(sql, sequence, userId, after))
  return { value, personal: [{ userId, live: [{ type: 'preferences', userId, ...value }] }] }
}

const isSame = (one: StoredPreferences, other: StoredPreferences): boolean =>
  one.notify === other.notify &&
  one.snoozedUntil === other.snoozedUntil &&
  one.isFavourite === other.isFavourite &&
  one.archivedT === other.archivedT

const toTime = (time: string | null) => (time === null ? null : Date.parse(time))
