import { z } from 'zod'
import { Reason } from './members'
import { page } from './pages'
import { ExpiresIn, FutureTimestamp, LATER, Timestamp } from './primitives'
import { Author } from './users'

export const NewBan = z
  .strictObject({
    reason: Reason,
    expiresAt: FutureTimestamp.nullable().meta({
      description: 'When the ban ends. If you omit it or send null, the ban is permanent.',
    }),
  })
  .partial()
  .meta({ id: 'NewBan', example: { reason: 'Spam, three times.', expiresAt: LATER } })
export type NewBan = z.infer<typeof NewBan>

export const Ban = z
  .strictObject({
    user: Author,
    by: Author,
    reason: z.string().nullable().meta({ example: 'Spam, three times.' }),
    createdAt: Timestamp,
    expiresAt: Timestamp.nullable().meta({
      description: 'null for a permanent ban.',
      example: '2026-11-29T20:35:21.000Z',
    }),
    expiresIn: ExpiresIn.nullable().meta({ example: 604_800 }),
  })
  .meta({ id: 'Ban' })
export type Ban = z.infer<typeof Ban>

export const Bans = page(Ban, 'Bans')
