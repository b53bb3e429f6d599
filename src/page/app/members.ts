import type { Author } from '../../client/protocol'

/** A member as lists of members have it. */
export interface Member {
  user: Author
  role: 'owner' | 'admin' | 'moderator' | 'member'
  online: boolean
  mutedUntil: string | null
  joinedAt: string
}
