import type { RoomRole } from '../../../src/schemas/members'

export type Act =
  | 'read'
  | 'post'
  | 'own'
  | 'react'
  | 'moderate'
  | 'pin'
  | 'mention all'
  | 'post at will'
  | 'administer'

// Each role may do what those before it may.
const ranks: RoomRole[] = ['member', 'moderator', 'admin', 'owner']

const needs: Record<Act, RoomRole> = {
  read: 'member',
  post: 'member',
  own: 'member',
  react: 'member',
  moderate: 'moderator',
  pin: 'moderator',
  'mention all': 'moderator',
  'post at will': 'moderator',
  administer: 'admin',
}

/** What anybody may do in an open room. */
export const guestActs: Act[] = ['read', 'post', 'react']
/** What the muted may not do, nor those below admins in a frozen room. */
export const silenced: Act[] = ['post', 'own', 'react', 'pin', 'mention all']

/** How high a role is; none is below all. */
export const rankOf = (role: RoomRole | null): number => (role ? ranks.indexOf(role) : -1)

export const grants = (role: RoomRole, act: Act): boolean => rankOf(role) >= rankOf(needs[act])
