import type { Profile } from '../directory/profiles'
import { ApiError } from '../errors'
import type { Event } from '../schemas/events'
import type { RoomRole } from '../schemas/members'
import * as events from './events'
import type { Outcome } from './flush'
import type { Person } from './members'
import * as members from './members'
import * as settings from './settings'
import type { State } from './state'

type Numbers = Pick<State, 'sql' | 'head'>

/** Writes a join. Throws when the profile is missing, deleted or suspended: such an account enters nothing. */
export function join(
  { sql, head }: Numbers,
  profile: Profile | undefined,
  role: RoomRole,
  now: number,
): { person: Person; event: Event } {
  if (!profile) throw new ApiError('conflict', 'You left at the same moment; try again.')
  if (profile.deleted) throw new ApiError('unauthenticated', 'This account no longer exists.')
  refuseSuspended(profile.suspendedUntil, now)
  const person = members.join(sql, head, profile, role, Math.max(head.at, now))
  const memberCount = settings.count(sql, head, 1)
  const event = events.append(
    sql,
    head,
    { type: 'member.joined', by: profile.id, userId: profile.id, memberCount },
    now,
  )
  return { person, event }
}

/** Joins by oneself; joining again changes nothing. */
export function enter(
  { sql, head }: State,
  userId: string,
  profile: Profile | undefined,
  now: number,
): Outcome<Person> {
  const present = members.find(sql, userId)
  if (present?.role) return { value: present }
  const { person, event } = join({ sql, head }, profile, 'member', now)
  return { value: person, events: [event] }
}

/** Leaves by oneself; leaving again changes nothing. Throws `last_owner`. */
export function exit({ sql, head }: State, userId: string, now: number): Outcome<null> {
  const person = members.find(sql, userId)
  if (!person?.role) return { value: null }
  if (person.role === 'owner' && members.owners(sql) === 1) {
    throw new ApiError('last_owner', 'A room keeps an owner; delete the room or hand it over.')
  }
  return { value: null, events: [depart({ sql, head }, userId, now)] }
}

/** Writes a departure. */
export function depart({ sql, head }: Numbers, userId: string, now: number): Event {
  members.leave(sql, head, userId, Math.max(head.at, now))
  const memberCount = settings.count(sql, head, -1)
  return events.append(sql, head, { type: 'member.left', by: userId, userId, memberCount }, now)
}

export function refuseSuspended(until: number | null, now: number): void {
  if (until === null || until <= now) return
  throw new ApiError('suspended', 'This account is suspended; it can read and nothing else.')
}
