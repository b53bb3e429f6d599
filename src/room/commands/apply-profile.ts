import type { Profile } from '../../directory/profiles'
import type { Event } from '../../schemas/events'
import type { CommandResult } from '../commit/command-result'
import * as events from '../store/events'
import * as mediaTrash from '../store/media-trash'
import * as members from '../store/members'
import * as roster from '../store/roster'
import * as settings from '../store/settings'
import { beginErasure } from './bulk-delete'
import type { SystemContext } from './command-context'
import { markDeleted } from './delete-room'
import { recordDeparture } from './join-leave'

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
  const told = member.role ? transferOwnership(context, member) : [recordChange(context, id, id)]
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

/** A member goes for good. The last owner's room passes to whoever has been there longest. */
function transferOwnership(
  context: SystemContext,
  { userId, role }: members.MemberRecord,
): Event[] {
  const { state, now } = context
  const { sql, sequence } = state
  const isLast = role === 'owner' && roster.countOwners(sql) === 1
  const successor = isLast ? roster.successor(sql) : undefined
  const left = recordDeparture(state, { type: 'member.left', by: userId, userId }, now)
  if (!successor) return [left]
  members.setRole(sql, sequence, successor.userId, 'owner')
  return [left, recordChange(context, successor.userId, userId)]
}

function recordChange({ state, now }: SystemContext, userId: string, by: string): Event {
  const { sql, sequence } = state
  const { memberCount } = settings.read(sql)
  return events.append(sql, sequence, { type: 'member.changed', by, userId, memberCount }, now)
}
