import type { Profile } from '../../directory/profiles'
import { ApiError } from '../../errors'
import type { Event } from '../../schemas/events'
import type { MemberPatch } from '../../schemas/members'
import type { CommandResult } from '../commit/command-result'
import { type Actor, authorize, findActor } from '../policy/authorize'
import { isSiteStaff, requireCapability, roleGrants } from '../policy/permissions'
import { requireHigherRole, requireRoleToGrant } from '../policy/role-hierarchy'
import type { RoomState } from '../state/room-state'
import * as bans from '../store/access/bans'
import * as invites from '../store/access/invites'
import * as events from '../store/events'
import * as jobs from '../store/jobs'
import * as members from '../store/members'
import * as roster from '../store/roster'
import * as settings from '../store/settings'
import type { CommandContext, SystemContext } from './command-context'
import { admitMember, recordDeparture, recordFinalDeparture } from './join-leave'

// The name is stored with every mute.
const MUTE_JOB = 'mute'

/**
 * Adds someone, who is a member from then on. Again changes nothing. Throws `banned`, and `not_connected` when they do
 * not let the caller add them, which the directory knows.
 */
export function addMember(
  context: CommandContext,
  { profile, isWilling }: { profile: Profile; isWilling: boolean },
): CommandResult<members.MemberRecord> {
  authorize(context, 'member.add')
  const { state, caller, now } = context
  const present = members.find(state.sql, profile.id)
  if (present?.role) return { value: present }
  if (bans.find(state.sql, profile.id, now)) {
    throw new ApiError('banned', 'This person is banned from the room. Lift the ban first.')
  }
  if (!isWilling) {
    throw new ApiError('not_connected', 'This person does not let you add them to rooms.')
  }
  const added = { profile, role: 'member', by: caller.userId } as const
  const { member, event } = admitMember(state, added, now)
  return { value: member, events: [event] }
}

/** Ends someone's membership: the last event they receive is this one. Again changes nothing. */
export function removeMember(
  context: CommandContext,
  { userId, reason }: { userId: string; reason?: string | undefined },
): CommandResult<null> {
  const actor = authorize(context, 'member.remove')
  const { state, sockets, caller, now } = context
  const target = members.get(state.sql, userId)
  if (!target.role) return { value: null }
  requireHigherRole(actor, target)
  const removed = { type: 'member.removed', by: caller.userId, userId, reason } as const
  return {
    value: null,
    events: [recordDeparture(state, removed, now)],
    closeSockets: () => sockets.closeUser(userId, 4403, 'removed'),
  }
}

/** `expiresAt` is in milliseconds since the epoch; null is for good. */
export interface BanTerms {
  reason: string | undefined
  expiresAt: number | null
}

/**
 * Puts someone on the block-list, member or not. The same ban again changes nothing. Throws `forbidden` where site
 * staff imposed the ban that stands.
 */
export function banUser(
  context: CommandContext,
  { profile, terms }: { profile: Profile; terms: BanTerms },
): CommandResult<null> {
  const actor = authorize(context, 'member.ban')
  const { state, sockets, caller, now } = context
  const { sql, sequence } = state
  const userId = profile.id
  members.rememberNonMember(sql, sequence, profile, Math.max(sequence.at, now))
  const target = members.get(sql, userId)
  if (target.role) requireHigherRole(actor, target)
  const current = bans.find(sql, userId, now)
  const reason = terms.reason ?? null
  if (current && current.reason === reason && current.expiresAt === terms.expiresAt) {
    return { value: null }
  }
  requireStaffForStaffBan(actor, current)
  const by = caller.userId
  const ban = { userId, by, reason, createdAt: now, expiresAt: terms.expiresAt }
  bans.put(sql, { ...ban, byStaff: isSiteStaff(actor) })
  invites.revokeAllBy(sql, userId)
  const banned = { type: 'member.banned', by, userId, reason: terms.reason } as const
  return {
    value: null,
    events: target.role
      ? recordFinalDeparture(state, target, banned, now)
      : [recordChange(state, banned, now)],
    closeSockets: () => sockets.closeUser(userId, 4403, 'banned'),
  }
}

/** Takes someone off the block-list. Again changes nothing. Throws `forbidden` for a ban of site staff. */
export function unbanUser(
  context: CommandContext,
  { userId }: { userId: string },
): CommandResult<null> {
  const actor = authorize(context, 'member.ban')
  const { state, caller, now } = context
  requireStaffForStaffBan(actor, bans.find(state.sql, userId, now))
  if (!bans.remove(state.sql, userId)) return { value: null }
  const unbanned = { type: 'member.unbanned', by: caller.userId, userId } as const
  return { value: null, events: [recordChange(state, unbanned, now)] }
}

function requireStaffForStaffBan(actor: Actor, ban: bans.Ban | undefined): void {
  if (!ban?.byStaff || isSiteStaff(actor)) return
  throw new ApiError('forbidden', 'Site staff imposed this ban. Only they can change it.')
}

/** Changes someone's role, mutes them, or clears their metadata. What holds already changes nothing. Throws `last_owner`. */
export function changeMember(
  context: CommandContext,
  { userId, patch }: { userId: string; patch: MemberPatch },
): CommandResult<members.MemberRecord> {
  const { state, caller, now } = context
  const { sql, sequence } = state
  const actor = findActor(context)
  const target = members.get(sql, userId)
  if (!target.role) throw new ApiError('not_found', 'There is no such member in this room.')
  if (patch.role !== undefined) requireCapability(actor, 'member.role', now)
  if (patch.role !== undefined && patch.role !== target.role) {
    requireRoleChange(sql, actor, target, patch.role)
    members.setRole(sql, sequence, userId, patch.role)
    if (!roleGrants(patch.role, 'invite.create')) invites.revokeAllBy(sql, userId)
  }
  if (patch.mutedUntil !== undefined) {
    requireCapability(actor, 'member.mute', now)
    requireHigherRole(actor, target)
    const until = patch.mutedUntil === null ? null : Date.parse(patch.mutedUntil)
    members.mute(sql, sequence, userId, until)
    scheduleMuteEnd(state, userId, until)
  }
  if (patch.metadata === null) {
    requireCapability(actor, 'member.mute', now)
    requireHigherRole(actor, target)
    members.setMetadata(sql, userId, null)
  }
  const member = members.get(sql, userId)
  const isSame = (['role', 'mutedUntil', 'metadata'] as const).every(
    (key) => member[key] === target[key],
  )
  if (isSame) return { value: member }
  const changed = {
    type: 'member.changed',
    by: caller.userId,
    userId,
    reason: patch.reason,
  } as const
  return { value: member, events: [recordChange(state, changed, now)] }
}

/** Schedules the end of a mute; null takes it back. */
function scheduleMuteEnd({ storage }: RoomState, userId: string, until: number | null): void {
  if (until === null) jobs.cancel(storage, MUTE_JOB, userId)
  else jobs.schedule(storage, MUTE_JOB, userId, until)
}

/**
 * Ends a mute whose time is over, so that nobody needs a clock to know. Who may speak is judged by the time, and
 * does not wait for this. A late or repeated call changes nothing.
 */
export function endMute(
  { state, now }: SystemContext,
  { userId }: { userId: string },
): CommandResult<null> {
  const { sql, sequence } = state
  const member = members.find(sql, userId)
  const until = member?.mutedUntil ?? null
  if (until !== null && until > now) {
    scheduleMuteEnd(state, userId, until)
    return { value: null }
  }
  scheduleMuteEnd(state, userId, null)
  if (until === null) return { value: null }
  members.mute(sql, sequence, userId, null)
  if (!member?.role) return { value: null }
  const { memberCount } = settings.read(sql)
  const ended = {
    type: 'member.changed',
    by: userId,
    userId,
    memberCount,
    reason: 'The mute has ended.',
  } as const
  return { value: null, events: [events.append(sql, sequence, ended, now)] }
}

function requireRoleChange(
  sql: SqlStorage,
  actor: Actor,
  target: members.MemberRecord,
  role: NonNullable<MemberPatch['role']>,
): void {
  requireRoleToGrant(actor, role)
  // Members may step down by themselves, which is how a room is handed over.
  if (target.userId !== actor.userId) requireHigherRole(actor, target)
  if (target.role === 'owner' && !roster.hasOtherOwner(sql, target.userId)) {
    throw new ApiError('last_owner', 'Make someone else an owner first.')
  }
}

function recordChange(
  { sql, sequence }: RoomState,
  event: {
    type: 'member.banned' | 'member.unbanned' | 'member.changed'
    by: string
    userId: string
    reason?: string | undefined
  },
  now: number,
): Event {
  const { memberCount } = settings.read(sql)
  return events.append(sql, sequence, { ...event, memberCount, audited: true }, now)
}
