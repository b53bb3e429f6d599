import { z } from 'zod'

/** A user's unread messages over all their rooms. */
export const Unread = z
  .strictObject({
    rooms: z
      .int()
      .min(0)
      .meta({ description: 'Number of rooms with unread messages.', example: 2 }),
    unread: z.int().min(0).meta({ example: 12 }),
    unreadMentions: z.int().min(0).meta({ example: 1 }),
    threads: z.int().min(0).meta({
      description: 'Number of threads that you follow and that have unread replies.',
      example: 1,
    }),
  })
  .meta({ id: 'Unread' })
export type Unread = z.infer<typeof Unread>
