import { z } from 'zod'
import { Timestamp } from './primitives'

/** Whether someone is online, as far as the reader may know. */
export const presence = {
  online: z.boolean().meta({
    description:
      'Whether they have a socket of `GET /v1/me/socket` open, or had a minute ago. false, too, where you may not know.',
    example: true,
  }),
  away: z.boolean().meta({
    description: 'Online, but at none of their devices.',
    example: false,
  }),
  lastSeenAt: Timestamp.nullable().meta({
    description:
      'When their last socket closed. null while they are online, where their `lastSeenPolicy` keeps it from you, and where you see nothing of each other.',
    example: null,
  }),
}

export const Presence = z.strictObject(presence).meta({ id: 'Presence' })
export type Presence = z.infer<typeof Presence>
