import { ApiError } from '../../errors'
import type { RoomRole } from '../../schemas/members'
import type { Subject } from './permissions'

const ranks: RoomRole[] = ['member', 'moderator', 'admin', 'owner']

/** Site staff stand above every role of a room. */
export function rankOf({ role, siteRole }: Pick<Subject, 'role' | 'siteRole'>): number {
  if (siteRole && siteRole !== 'user') return ranks.length
  return role ? ranks.indexOf(role) : -1
}

/** Throws `forbidden` unless the actor's role is higher than the target's. */
export function requireHigherRole(actor: Subject, target: Pick<Subject, 'role'>): void {
  if (rankOf(actor) > rankOf(target)) return
  throw new ApiError('forbidden', 'You can do this only to someone with a lower role than yours.')
}

/** Throws `forbidden` when someone grants a role higher than their own. */
export function requireRoleToGrant(actor: Subject, role: RoomRole): void {
  if (rankOf(actor) >= rankOf({ role })) return
  throw new ApiError('forbidden', 'You cannot grant a role higher than your own.')
}
