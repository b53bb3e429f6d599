import reservedUsernames from 'reserved-usernames/data.json'
import unhomoglyph from 'unhomoglyph'
import { ApiError } from '../errors'

/** What people may take for the service itself, or for its mentions of everybody. */
const POSING = [
  'admin',
  'administrator',
  'channel',
  'deleted user',
  'everyone',
  'guest',
  'here',
  'mod',
  'moderator',
  'site staff',
  'staff',
  'support',
  'system',
]

/** What a name looks like: the same for names that a reader would confuse (Unicode TR 39), in any case. */
export const skeleton = (name: string): string =>
  unhomoglyph(unhomoglyph(name.normalize('NFKC')).toLowerCase()).toLowerCase()

// Separators do not make another name.
const posture = (name: string) => skeleton(name.replace(/[^\p{L}\p{N}]+/gu, ''))

const posing = new Set(POSING.map(posture))
const usernames = new Set([...reservedUsernames.map(posture), ...posing])

/** How the usernames of guests begin, and no others. */
export const GUEST_PREFIX = 'guest_'

/** Whether a username is the service's own or a guest's, or looks like one that is the service's. */
export const isReservedUsername = (username: string): boolean =>
  username.startsWith(GUEST_PREFIX) || usernames.has(posture(username))

/** Whether a display name poses as the service. */
export const isPosing = (displayName: string): boolean => posing.has(posture(displayName))

/** Throws `invalid` for a display name that poses as the service. */
export function assertNotPosing(displayName: string): void {
  if (!isPosing(displayName)) return
  throw new ApiError('invalid', 'displayName: this name is reserved. Choose another one.', {
    errors: [{ path: 'displayName', message: 'is reserved' }],
  })
}
