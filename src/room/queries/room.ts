import { ApiError } from '../../errors'
import type { AuditEntry } from '../../schemas/audit'
import type { Events, EventsQuery } from '../../schemas/events'
import type { Member } from '../../schemas/members'
import type { Room } from '../../schemas/rooms'
import * as markers from '../commands/read-marker'
import type { Sockets } from '../connections/socket-registry'
import type { Caller } from '../policy/authorize'
import * as actors from '../policy/authorize'
import { capabilitiesOf } from '../policy/permissions'
import type { State } from '../state/room-state'
import * as audit from '../store/audit'
import * as members from '../store/members'
import * as view from '../store/room-view'
import * as log from './event-log'

/** Throws unless the one who asks may read. */
export const reader = (state: State, caller: Caller, now: number) =>
  actors.able(state, caller, 'room.read', now)

/** The room as the one who asks may see it: a listed one is shown to all, from outside. */
export function room(state: State, caller: Caller, now: number): Room {
  const { sql, activity } = state
  const actor = actors.find(state, caller, now)
  const { rules, userId } = actor
  if (!capabilitiesOf(rules, actor, now).includes('room.read')) return view.outside(sql)
  const person = members.find(sql, userId)
  return view.personal(sql, rules, person && activity.apply(person), now)
}

export function events(state: State, caller: Caller, query: EventsQuery, now: number): Events {
  reader(state, caller, now)
  return log.read(state, query.after, query.limit)
}

export function auditLog(
  state: State,
  caller: Caller,
  before: number,
  limit: number,
  now: number,
): AuditEntry[] {
  actors.able(state, caller, 'audit.read', now)
  return audit.list(state.sql, before, limit)
}

export function member(
  state: State,
  sockets: Sockets,
  caller: Caller,
  userId: string,
  now: number,
): Member {
  reader(state, caller, now)
  const person = members.get(state.sql, userId)
  if (!person.role) throw new ApiError('not_found', 'There is no such member in this room.')
  return view.member(
    state.activity.apply(person),
    sockets.isOnline(userId),
    markers.areTold(state.sql),
  )
}

export function roster(
  state: State,
  sockets: Sockets,
  caller: Caller,
  after: members.Place | null,
  limit: number,
  now: number,
): { items: Member[]; next: members.Place | null } {
  reader(state, caller, now)
  const isTold = markers.areTold(state.sql)
  const people = members.list(state.sql, after, limit + 1)
  const shown = people.slice(0, limit)
  const last = shown.at(-1)
  return {
    items: shown.map((person) =>
      view.member(state.activity.apply(person), sockets.isOnline(person.userId), isTold),
    ),
    next: people.length > limit && last ? { joinedAt: last.joinedAt, userId: last.userId } : null,
  }
}
