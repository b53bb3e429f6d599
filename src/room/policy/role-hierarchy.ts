import { ApiError } from '../../errors'
import type { RoomRole } from '../../schemas/members'
import type { Standing } from './permissions'

const ranks: RoomRole[] = ['member', 'moderator', 'admin', 'owner']

/** Staff of the site stand above every role of a room. */
export function rankOf({ role, siteRole }: Pick<Standing, 'role' | 'siteRole'>): number {
  if (siteRole && siteRole !== 'user') return ranks.length
  return role ? ranks.indexOf(role) : -1
}

/** Throws `forbidden` unless the actor stands above the one acted on. */
export function outrank(actor: Standing, target: Pick<Standing, 'role'>): void {
  if (rankOf(actor) > rankOf(target)) return
  throw new ApiError('forbidden', 'One acts only on those of a lower role.')
}

/** Throws `forbidden` when someone grants more than they hold. */
export function grant(actor: Standing, role: RoomRole): void {
  if (rankOf(actor) >= rankOf({ role })) return
  throw new ApiError('forbidden', 'One grants only what one holds.')
}
