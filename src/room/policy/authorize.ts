import type { Profile } from '../../directory/profiles'
import { ApiError } from '../../errors'
import type { Capability } from '../../schemas/members'
import type { SiteRole } from '../../schemas/users'
import * as readCache from '../state/read-cache'
import type { RoomState } from '../state/room-state'
import * as bans from '../store/access/bans'
import { isSiteStaff, reachesSiteStaff, requireCapability, type Subject } from './permissions'

/** Who asks, as routes and sockets name them; `siteRole` only where a route read it from the directory. */
export interface Caller {
  userId: string
  siteRole?: SiteRole
}

/** What every query and command is given: the room, who asks, and when. */
export interface RequestContext {
  state: RoomState
  caller: Caller
  /** Of a caller who is not a member, where it was loaded: a room keeps no row of strangers. */
  profile?: Profile | undefined
  now: number
}

/** Who asks, as this room knows them. */
export interface Actor extends Subject {
  userId: string
  member: readCache.CachedMember | undefined
  rules: readCache.CachedSettings
}

/**
 * Looks up who asks. Throws `banned` for someone on the block-list, `not_found` for someone who may not even know that
 * the room exists, `unauthenticated` for a deleted account. A direct room that the other opened does not exist for a
 * member until its first message, or until they open it themselves.
 */
export function findActor({ state, caller, profile, now }: RequestContext): Actor {
  const { userId, siteRole } = caller
  const rules = readCache.cachedSettings(state)
  const member = readCache.cachedMember(state, userId)
  const actor: Actor = {
    userId,
    member,
    rules,
    role: member?.role ?? null,
    mutedUntil: member?.mutedUntil ?? null,
    suspendedUntil: member?.suspendedUntil ?? profile?.suspendedUntil ?? null,
    isConnected: member?.isConnected ?? true,
    ...(siteRole && { siteRole }),
  }
  if (member?.isHidden && state.sequence.n === 0) throw notFound()
  if (actor.role) return actor
  if (profile?.deleted) throw new ApiError('unauthenticated', 'This account no longer exists.')
  const hasStaffPower = isSiteStaff(actor) && reachesSiteStaff(rules)
  if (!hasStaffPower) bans.assertNotBanned(state.sql, userId, now)
  if (rules.access === 'closed' && !rules.listed) {
    throw notFound()
  }
  return actor
}

const notFound = () => new ApiError('not_found', 'There is no such room.')

/** Looks up who asks, and throws unless they have the capability. */
export function authorize(context: RequestContext, capability: Capability): Actor {
  const actor = findActor(context)
  requireCapability(actor, capability, context.now)
  return actor
}
