import type { Profile } from '../../directory/profiles'
import { ApiError } from '../../errors'
import type { Event, EventType } from '../../schemas/events'
import type { RoomRole } from '../../schemas/members'
import type { CommandResult } from '../commit/command-result'
import { type Actor, findActor } from '../policy/authorize'
import { assertMayJoin, type JoinProof } from '../policy/join-policy'
import type { CachedMember } from '../state/read-cache'
import type { RoomState } from '../state/room-state'
import * as invites from '../store/access/invites'
import * as events from '../store/events'
import type { MemberRecord } from '../store/members'
import * as members from '../store/members'
import * as roster from '../store/roster'
import * as settings from '../store/settings'
import type { CommandContext } from './command-context'

type Storage = Pick<RoomState, 'sql' | 'sequence'>

/** Who becomes what; `by` is whoever adds them, and nobody when they join by themselves. */
interface Join {
  profile: Profile
  role: RoomRole
  by?: string
}

/** Records a join. Throws when the profile is missing, deleted or suspended: such an account joins nothing. */
export function admitMember(
  storage: Storage,
  { profile, ...join }: Omit<Join, 'profile'> & { profile: Profile | undefined },
  now: number,
): { member: MemberRecord; event: Event } {
  if (!profile) throw new ApiError('conflict', 'You left at the same moment. Try again.')
  if (profile.deleted) throw new ApiError('unauthenticated', 'This account no longer exists.')
  if (profile.suspendedUntil !== null && profile.suspendedUntil > now) {
    throw new ApiError('suspended', 'A suspended account cannot join rooms.')
  }
  return recordJoin(storage, { profile, ...join }, now)
}

/** Records a join, whoever it is. */
export function recordJoin(
  { sql, sequence }: Storage,
  { profile, role, by }: Join,
  now: number,
): { member: MemberRecord; event: Event } {
  const member = members.join(sql, sequence, { profile, role }, Math.max(sequence.at, now))
  const memberCount = settings.addToMemberCount(sql, sequence, 1)
  const type = by ? 'member.added' : 'member.joined'
  const event = events.append(
    sql,
    sequence,
    { type, by: by ?? profile.id, userId: profile.id, memberCount, audited: by !== undefined },
    now,
  )
  return { member, event }
}

/** Joins by oneself, with a proof where the room is closed. Joining again changes nothing. */
export function joinRoom(context: CommandContext, proof: JoinProof): CommandResult<null> {
  const { state, caller, profile, now } = context
  if (members.find(state.sql, caller.userId)?.role) return { value: null }
  const isGuest = profile?.isGuest === true
  assertMayJoin(state.sql, { userId: caller.userId, isGuest }, proof, now)
  return { value: null, events: [admitMember(state, { profile, role: 'member' }, now).event] }
}

/**
 * Makes a stranger of an open room a member, because they post or react there; `event` is absent for someone who is one
 * already. Throws `forbidden` for someone who was removed, who must join by their own word.
 */
export function admitVisitor(
  { state, profile, now }: CommandContext,
  { member }: Pick<Actor, 'member'>,
): { member: CachedMember; event?: Event } {
  if (member?.role) return { member }
  if (member?.isRemoved) {
    throw new ApiError('forbidden', 'You were removed from this room. Join it again first.')
  }
  return admitMember(state, { profile, role: 'member' }, now)
}

/** Leaves. Leaving again changes nothing. Throws `last_owner`, and `forbidden` in a direct room. */
export function leaveRoom(context: CommandContext): CommandResult<null> {
  const { state, sockets, caller, now } = context
  const { userId } = caller
  const { role, rules } = findActor(context)
  if (!role) return { value: null }
  if (rules.kind === 'direct') {
    throw new ApiError(
      'forbidden',
      'You cannot leave a direct room. Block the other person instead.',
    )
  }
  // A hidden owner may never come back.
  if (role === 'owner' && !roster.hasOtherOwner(state.sql, userId)) {
    throw new ApiError(
      'last_owner',
      'You are the last owner. Make someone else an owner first, or delete the room.',
    )
  }
  const event = recordDeparture(state, { type: 'member.left', by: userId, userId }, now)
  // An open room can still be read.
  if (rules.access === 'open') return { value: null, events: [event] }
  const closeSockets = () => sockets.closeUser(userId, 4403, 'left')
  return { value: null, events: [event], closeSockets }
}

type Departure = Extract<EventType, 'member.left' | 'member.removed' | 'member.banned'>

interface DepartureEvent {
  type: Departure
  by: string
  userId: string
  reason?: string | undefined
}

/** Records a departure, by the member's own word or someone else's. The invites of someone removed end with them. */
export function recordDeparture(
  { sql, sequence }: Storage,
  event: DepartureEvent,
  now: number,
): Event {
  const isRemoved = event.type !== 'member.left'
  members.leave(sql, sequence, { userId: event.userId, isRemoved }, Math.max(sequence.at, now))
  if (isRemoved) invites.revokeAllBy(sql, event.userId)
  const memberCount = settings.addToMemberCount(sql, sequence, -1)
  return events.append(sql, sequence, { ...event, memberCount, audited: isRemoved }, now)
}

/** Records a departure that may take the last owner: the room passes to whoever has been there longest. */
export function recordFinalDeparture(
  storage: Storage,
  { role }: Pick<MemberRecord, 'role'>,
  event: DepartureEvent,
  now: number,
): Event[] {
  const { sql, sequence } = storage
  const isLastOwner = role === 'owner' && roster.countOwners(sql) === 1
  const successor = isLastOwner ? roster.successor(sql) : undefined
  const left = recordDeparture(storage, event, now)
  if (!successor) return [left]
  members.setRole(sql, sequence, successor.userId, 'owner')
  const { memberCount } = settings.read(sql)
  const promoted = { type: 'member.changed', by: event.by, userId: successor.userId } as const
  return [left, events.append(sql, sequence, { ...promoted, memberCount }, now)]
}
