import { ApiError } from '../../errors'
import { enforceLimit } from '../../rate-limit/token-bucket'
import type { Event } from '../../schemas/events'
import type { OwnMember } from '../../schemas/members'
import { changeStored, fromStored, type MetadataChange } from '../../schemas/metadata'
import {
  type Preferences,
  type PreferencesPatch,
  preferencesAt,
  type StoredPreferences,
} from '../../schemas/preferences'
import type { CommandResult, Personal } from '../commit/command-result'
import { authorize } from '../policy/authorize'
import { requireCapability } from '../policy/permissions'
import { cachedSettings, preserveCache } from '../state/read-cache'
import * as events from '../store/events'
import * as members from '../store/members'
import * as preferences from '../store/preferences'
import * as settings from '../store/settings'
import type { CommandContext } from './command-context'

/**
 * Changes what the caller chose for themselves, of which only their own sockets are told, and their metadata, of which
 * everyone is. The same again changes nothing.
 */
export function changeOwnMember(
  context: CommandContext,
  patch: PreferencesPatch & MetadataChange,
): CommandResult<OwnMember> {
  const { userId } = context.caller
  const { role } = authorize(context, 'room.read')
  if (!role) {
    throw new ApiError(
      'forbidden',
      'Join this room first: only members change what they are in it.',
    )
  }
  const told = changeMetadata(context, patch)
  const { value, personal } = changePreferences(context, patch)
  const { metadata } = members.get(context.state.sql, userId)
  return { value: { ...value, metadata: fromStored(metadata) }, events: told, personal }
}

function changePreferences(
  { state, caller, now }: CommandContext,
  { snoozedUntil, archived, ...patch }: PreferencesPatch,
): { value: Preferences; personal: Personal[] } {
  const { sql, sequence } = state
  const { userId } = caller
  const before = preferences.read(sql, userId)
  const after = {
    notify: patch.notify ?? before.notify,
    snoozedUntil: snoozedUntil === undefined ? before.snoozedUntil : toTime(snoozedUntil),
    isFavourite: patch.favourite ?? before.isFavourite,
    archivedT: archived === undefined ? before.archivedT : archived ? sequence.t : null,
  }
  const { access } = cachedSettings(state)
  const value = preferencesAt(after, { access, t: sequence.t }, now)
  if (isSame(after, before)) return { value, personal: [] }
  preserveCache(state, () => preferences.save(sql, sequence, userId, after))
  return { value, personal: [{ userId, live: [{ type: 'preferences', userId, ...value }] }] }
}

/** What everyone is told of it is told as a message is: by those who may post, and within the same limit. */
function changeMetadata(context: CommandContext, change: MetadataChange): Event[] {
  if (change.metadata === undefined) return []
  const { state, caller, now } = context
  const { sql, sequence, rates } = state
  const { userId } = caller
  requireCapability(authorize(context, 'room.read'), 'message.post', now)
  const before = members.get(sql, userId).metadata
  const after = changeStored(before, change)
  if (after === before) return []
  enforceLimit(rates.posts, userId, now)
  members.setMetadata(sql, userId, after)
  const { memberCount } = settings.read(sql)
  const changed = { type: 'member.changed', by: userId, userId, memberCount } as const
  return [events.append(sql, sequence, changed, now)]
}

const isSame = (one: StoredPreferences, other: StoredPreferences): boolean =>
  one.notify === other.notify &&
  one.snoozedUntil === other.snoozedUntil &&
  one.isFavourite === other.isFavourite &&
  one.archivedT === other.archivedT

const toTime = (time: string | null) => (time === null ? null : Date.parse(time))
