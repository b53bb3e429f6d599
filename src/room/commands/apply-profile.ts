import type { Profile } from '../../directory/profiles'
import type { Event } from '../../schemas/events'
import type { CommandResult } from '../commit/command-result'
import * as invites from '../store/access/invites'
import * as events from '../store/events'
import * as mediaTrash from '../store/media/media-trash'
import * as members from '../store/members'
import * as settings from '../store/settings'
import { beginErasure } from './bulk-delete'
import type { SystemContext } from './command-context'
import { markDeleted } from './delete-room'
import { recordFinalDeparture } from './join-leave'

/** Takes over what the directory says of a person. A late or repeated call changes nothing. */
export function applyProfile(context: SystemContext, profile: Profile): CommandResult<null> {
  const { sql } = context.state
  const member = members.find(sql, profile.id)
  if (!member || !members.updateProfile(sql, profile)) return { value: null }
  if (!profile.deleted) {
    return { value: null, events: [recordChange(context, profile.id, profile.id)] }
  }
  return applyDeletion(context, member, profile)
}

function applyDeletion(
  context: SystemContext,
  member: members.MemberRecord,
  profile: Profile,
): CommandResult<null> {
  const { state, sockets, now } = context
  const { id } = profile
  mediaTrash.discardUnattached(state.storage, id, now)
  const left = { type: 'member.left', by: id, userId: id } as const
  const told = member.role
    ? recordFinalDeparture(state, member, left, now)
    : [recordChange(context, id, id)]
  invites.revokeAllBy(state.sql, id)
  if (profile.erased) {
    const everything = { authorId: id, from: 1, to: state.sequence.seq, by: id }
    told.push(beginErasure(state, everything, now))
  }
  const closeSockets = () => sockets.closeUser(id, 4401, 'unauthenticated')
  if (settings.read(state.sql).memberCount > 0) return { value: null, events: told, closeSockets }
  const deleted = markDeleted(context, id)
  return {
    value: null,
    events: [...told, ...deleted.events],
    closeSockets: deleted.closeSockets,
  }
}

function recordChange({ state, now }: SystemContext, userId: string, by: string): Event {
  const { sql, sequence } = state
  const { memberCount } = settings.read(sql)
  return events.append(sql, sequence, { type: 'member.changed', by, userId, memberCount }, now)
}
