import { z } from 'zod'

/** What someone has not read in all the rooms they are in. */
export const Unread = z
  .strictObject({
    rooms: z
      .int()
      .min(0)
      .meta({ description: 'How many rooms have something unread.', example: 2 }),
    unread: z.int().min(0).meta({ example: 12 }),
    unreadMentions: z.int().min(0).meta({ example: 1 }),
  })
  .meta({ id: 'Unread' })
export type Unread = z.infer<typeof Unread>
