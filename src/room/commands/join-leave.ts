import type { Profile } from '../../directory/profiles'
import { ApiError } from '../../errors'
import type { Event, EventType } from '../../schemas/events'
import type { RoomRole } from '../../schemas/members'
import type { Outcome } from '../commit/commit-queue'
import type { Sockets } from '../connections/socket-registry'
import type { Caller } from '../policy/authorize'
import * as actors from '../policy/authorize'
import * as entrance from '../policy/join-policy'
import type { State } from '../state/room-state'
import * as events from '../store/events'
import type { Person } from '../store/members'
import * as members from '../store/members'
import * as settings from '../store/settings'

type Numbers = Pick<State, 'sql' | 'head'>

/** Writes a join. Throws when the profile is missing, deleted or suspended: such an account enters nothing. */
export function join(
  { sql, head }: Numbers,
  profile: Profile | undefined,
  role: RoomRole,
  now: number,
  by?: string,
): { person: Person; event: Event } {
  if (!profile) throw new ApiError('conflict', 'You left at the same moment; try again.')
  if (profile.deleted) throw new ApiError('unauthenticated', 'This account no longer exists.')
  if (profile.suspendedUntil !== null && profile.suspendedUntil > now) {
    throw new ApiError('suspended', 'A suspended account enters nothing.')
  }
  return admit({ sql, head }, profile, role, now, by)
}

/** Writes a join, whoever it is. */
export function admit(
  { sql, head }: Numbers,
  profile: Profile,
  role: RoomRole,
  now: number,
  by?: string,
): { person: Person; event: Event } {
  const person = members.join(sql, head, profile, role, Math.max(head.at, now))
  const memberCount = settings.count(sql, head, 1)
  const type = by ? 'member.added' : 'member.joined'
  const event = events.append(
    sql,
    head,
    { type, by: by ?? profile.id, userId: profile.id, memberCount, audited: by !== undefined },
    now,
  )
  return { person, event }
}

/** Joins by oneself, with what opens the room; joining again changes nothing. */
export function enter(
  state: State,
  { userId }: Caller,
  profile: Profile | undefined,
  keys: entrance.Keys,
  now: number,
): Outcome<null> {
  if (members.find(state.sql, userId)?.role) return { value: null }
  entrance.pass(state.sql, userId, keys, now)
  return { value: null, events: [join(state, profile, 'member', now).event] }
}

/** Leaves by oneself; leaving again changes nothing. Throws `last_owner`. */
export function exit(state: State, sockets: Sockets, caller: Caller, now: number): Outcome<null> {
  const { role, rules } = actors.find(state, caller, now)
  if (!role) return { value: null }
  if (rules.kind === 'direct') {
    throw new ApiError(
      'forbidden',
      'A conversation of two is not left; it can be closed by a block.',
    )
  }
  if (role === 'owner' && members.owners(state.sql) === 1) {
    throw new ApiError('last_owner', 'A room keeps an owner; delete the room or hand it over.')
  }
  const { userId } = caller
  const event = depart(state, { type: 'member.left', by: userId, userId }, now)
  // An open room can still be read.
  if (rules.access === 'open') return { value: null, events: [event] }
  const ends = () => sockets.closeAll(userId, 4403, 'left')
  return { value: null, events: [event], ends }
}

type Departure = Extract<EventType, 'member.left' | 'member.removed' | 'member.banned'>

/** Writes a departure, one's own or by someone else's word. */
export function depart(
  { sql, head }: Numbers,
  event: { type: Departure; by: string; userId: string; reason?: string | undefined },
  now: number,
): Event {
  const isRemoved = event.type !== 'member.left'
  members.leave(sql, head, event.userId, isRemoved, Math.max(head.at, now))
  const memberCount = settings.count(sql, head, -1)
  return events.append(sql, head, { ...event, memberCount, audited: isRemoved }, now)
}
