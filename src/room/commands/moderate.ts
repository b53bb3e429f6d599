import type { Profile } from '../../directory/profiles'
import { ApiError } from '../../errors'
import type { Event } from '../../schemas/events'
import type { MemberPatch } from '../../schemas/members'
import type { Outcome } from '../commit/commit-queue'
import type { Sockets } from '../connections/socket-registry'
import type { Caller } from '../policy/authorize'
import * as actors from '../policy/authorize'
import { require } from '../policy/permissions'
import { grant, outrank } from '../policy/role-hierarchy'
import type { State } from '../state/room-state'
import * as allowlist from '../store/allowlist'
import * as bans from '../store/bans'
import * as events from '../store/events'
import * as members from '../store/members'
import * as settings from '../store/settings'
import * as membership from './join-leave'

/**
 * Adds someone, who then simply is a member; again changes nothing. Throws `banned`, and `not_connected`
 * when they do not let the caller add them, which the directory knows.
 */
export function add(
  state: State,
  caller: Caller,
  profile: Profile,
  isWilling: boolean,
  now: number,
): Outcome<members.Person> {
  actors.able(state, caller, 'member.add', now)
  const present = members.find(state.sql, profile.id)
  if (present?.role) return { value: present }
  if (bans.find(state.sql, profile.id, now)) {
    throw new ApiError('banned', 'This person is banned from the room; lift the ban first.')
  }
  if (!isWilling) {
    throw new ApiError('not_connected', 'This person does not let you add them to rooms.')
  }
  const { person, event } = membership.join(state, profile, 'member', now, caller.userId)
  return { value: person, events: [event] }
}

/** Ends someone's membership; it ends for them at the seq of this event. Again changes nothing. */
export function remove(
  state: State,
  sockets: Sockets,
  caller: Caller,
  userId: string,
  reason: string | undefined,
  now: number,
): Outcome<null> {
  const actor = actors.able(state, caller, 'member.remove', now)
  const target = members.get(state.sql, userId)
  if (!target.role) return { value: null }
  outrank(actor, target)
  const removal = { type: 'member.removed', by: caller.userId, userId, reason } as const
  return {
    value: null,
    events: [membership.depart(state, removal, now)],
    ends: () => sockets.closeAll(userId, 4403, 'removed'),
  }
}

/** Of a ban. `expiresAt` is milliseconds since the epoch, null for good. */
export interface Terms {
  reason: string | undefined
  expiresAt: number | null
}

/** Puts someone on the block-list, member or not; the same ban again changes nothing. */
export function ban(
  state: State,
  sockets: Sockets,
  caller: Caller,
  profile: Profile,
  terms: Terms,
  now: number,
): Outcome<null> {
  const { sql, head } = state
  const actor = actors.able(state, caller, 'member.ban', now)
  members.note(sql, head, profile, Math.max(head.at, now))
  const target = members.get(sql, profile.id)
  if (target.role) outrank(actor, target)
  const known = bans.find(sql, profile.id, now)
  const reason = terms.reason ?? null
  if (known && known.reason === reason && known.expiresAt === terms.expiresAt)
    return { value: null }
  const by = caller.userId
  bans.put(sql, { userId: profile.id, by, reason, createdAt: now, expiresAt: terms.expiresAt })
  const banned = { type: 'member.banned', by, userId: profile.id, reason: terms.reason } as const
  const event = target.role ? membership.depart(state, banned, now) : note(state, banned, now)
  return {
    value: null,
    events: [event],
    ends: () => sockets.closeAll(profile.id, 4403, 'banned'),
  }
}

/** Takes someone off the block-list; again changes nothing. */
export function unban(state: State, caller: Caller, userId: string, now: number): Outcome<null> {
  actors.able(state, caller, 'member.ban', now)
  if (!bans.remove(state.sql, userId)) return { value: null }
  const event = note(state, { type: 'member.unbanned', by: caller.userId, userId }, now)
  return { value: null, events: [event] }
}

/** Changes someone's role or mutes them; what is so already changes nothing. Throws `last_owner`. */
export function change(
  state: State,
  caller: Caller,
  userId: string,
  patch: MemberPatch,
  now: number,
): Outcome<members.Person> {
  const { sql, head } = state
  const actor = actors.find(state, caller, now)
  const target = members.get(sql, userId)
  if (!target.role) throw new ApiError('not_found', 'There is no such member in this room.')
  const isOneself = userId === caller.userId
  if (patch.role !== undefined) require(actor.rules, actor, 'member.role', now)
  if (patch.role !== undefined && patch.role !== target.role) {
    grant(actor, patch.role)
    // One may step down by oneself, which is how a room is handed over.
    if (!isOneself) outrank(actor, target)
    if (target.role === 'owner' && members.owners(sql) === 1) {
      throw new ApiError('last_owner', 'Make someone else an owner first.')
    }
    members.promote(sql, head, userId, patch.role)
  }
  if (patch.mutedUntil !== undefined) {
    require(actor.rules, actor, 'member.mute', now)
    outrank(actor, target)
    members.mute(sql, head, userId, patch.mutedUntil === null ? null : Date.parse(patch.mutedUntil))
  }
  const person = members.get(sql, userId)
  if (person.role === target.role && person.mutedUntil === target.mutedUntil) {
    return { value: person }
  }
  const changed = { type: 'member.changed', by: caller.userId, userId } as const
  return { value: person, events: [note(state, { ...changed, reason: patch.reason }, now)] }
}

/** Takes someone off the allow-list, and so out of the room. */
export function disallow(
  state: State,
  sockets: Sockets,
  caller: Caller,
  userId: string,
  now: number,
): Outcome<null> {
  actors.able(state, caller, 'allowlist.edit', now)
  allowlist.remove(state.sql, userId)
  if (!members.find(state.sql, userId)?.role) return { value: null }
  return remove(state, sockets, caller, userId, undefined, now)
}

function note(
  { sql, head }: State,
  event: {
    type: 'member.banned' | 'member.unbanned' | 'member.changed'
    by: string
    userId: string
    reason?: string | undefined
  },
  now: number,
): Event {
  const { memberCount } = settings.read(sql)
  return events.append(sql, head, { ...event, memberCount, audited: true }, now)
}
