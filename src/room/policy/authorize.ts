import { ApiError } from '../../errors'
import type { Capability } from '../../schemas/members'
import type { SiteRole } from '../../schemas/users'
import * as known from '../state/read-cache'
import type { State } from '../state/room-state'
import * as bans from '../store/bans'
import { require, type Standing } from './permissions'

/** Who asks, as routes and sockets name them; `siteRole` only where a route read it from the directory. */
export interface Caller {
  userId: string
  siteRole?: SiteRole
}

/** Who asks, as this room knows them. */
export interface Actor extends Standing {
  userId: string
  person: known.Known | undefined
  rules: known.Rules
}

/**
 * Looks someone up who wants to do something. To those who may not even know of the room it does not
 * exist: throws `not_found`; throws `banned` for someone on the block-list.
 */
export function find(state: State, { userId, siteRole }: Caller, now: number): Actor {
  const { sql } = state
  const rules = known.rulesOf(state)
  const person = known.personOf(state, userId)
  const actor: Actor = {
    userId,
    person,
    rules,
    role: person?.role ?? null,
    mutedUntil: person?.mutedUntil ?? null,
    suspendedUntil: person?.suspendedUntil ?? null,
    isConnected: person?.isConnected ?? true,
    ...(siteRole && { siteRole }),
  }
  if (actor.role) return actor
  const isStaff = siteRole !== undefined && siteRole !== 'user' && rules.listed
  if (!isStaff) bans.refuse(sql, userId, now)
  if (rules.access === 'closed' && !rules.listed) {
    throw new ApiError('not_found', 'There is no such room.')
  }
  return actor
}

/** Looks someone up and throws unless they have the capability. */
export function able(state: State, caller: Caller, capability: Capability, now: number): Actor {
  const actor = find(state, caller, now)
  require(actor.rules, actor, capability, now)
  return actor
}
