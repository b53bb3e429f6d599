import type { Author } from '../../client/protocol'

/** A member as lists of members have it. */
export interface Member {
  user: Author
  role: 'owner' | 'admin' | 'moderator' | 'member'
  online: boolean
  mutedUntil: string | null
  joinedAt: string
  /** How far they have read. null where the room does not say so. */
  readSeq: number | null
}
