import { z } from 'zod'
import { Seq } from './primitives'

/** How far a user has read a room, and what they have not. */
export const unreadCounts = {
  readSeq: Seq.meta({ description: 'The last seq that you have read.' }),
  unread: z.int().min(0).meta({
    description: 'Unread messages of the timeline: `t` less its value at your read marker.',
    example: 3,
  }),
  unreadMentions: z
    .int()
    .min(0)
    .meta({ description: 'Unread messages that mention you or everyone.', example: 1 }),
  unreadThreads: z.int().min(0).meta({
    description: 'Threads of this room that you follow and that have unread replies.',
    example: 1,
  }),
}

const Counts = z.strictObject({
  rooms: z.int().min(0).meta({ description: 'Number of rooms with unread messages.', example: 2 }),
  unread: z.int().min(0).meta({ example: 12 }),
  unreadMentions: z.int().min(0).meta({ example: 1 }),
})

/** A user's unread messages over all their rooms. */
export const Unread = z
  .strictObject({
    ...Counts.shape,
    badge: z.int().min(0).meta({
      description:
        'The number for the icon of an app: the unread messages of rooms whose `notify` is `all`, and the unread mentions of rooms where it is `mentions`.',
      example: 4,
    }),
    threads: z.int().min(0).meta({
      description:
        'Number of threads that you follow and that have unread replies, in any of your rooms: also in those that you archived or snooze.',
      example: 1,
    }),
    snoozed: Counts.meta({
      id: 'SnoozedCounts',
      description: 'The same of the rooms that you snooze. Their messages are in no other count.',
    }),
  })
  .meta({ id: 'Unread' })
export type Unread = z.infer<typeof Unread>
