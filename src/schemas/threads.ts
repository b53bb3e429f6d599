import { z } from 'zod'
import { Message } from './messages'
import { PageQuery, page } from './pages'
import { Seq, Timestamp } from './primitives'

/** What a user sees of a thread besides its messages. */
export const ThreadState = z
  .strictObject({
    seq: Seq.meta({ description: 'The first message of the thread.' }),
    following: z
      .boolean()
      .meta({ description: 'Whether its replies count as unread for you.', example: true }),
    replyCount: z.int().min(0).meta({ example: 4 }),
    unread: z
      .int()
      .min(0)
      .meta({ description: 'Replies that you have not read. 0 if you do not follow.', example: 1 }),
    lastReplyAt: Timestamp.nullable().meta({ example: '2026-11-22T20:41:07.000Z' }),
  })
  .meta({ id: 'ThreadState' })
export type ThreadState = z.infer<typeof ThreadState>

export const ThreadMarker = z
  .strictObject({
    readSeq: Seq.meta({ description: 'The last reply that you have read.' }),
    unread: z.boolean().optional().meta({
      description:
        'true lets the marker move back, to mark replies as unread. Otherwise it only moves forward.',
    }),
  })
  .meta({ id: 'ThreadMarker' })
export type ThreadMarker = z.infer<typeof ThreadMarker>

/** A followed thread, in whatever room it is. */
export const MyThread = z
  .strictObject({
    root: Message,
    unread: z.int().min(0).meta({ description: 'Replies that you have not read.', example: 1 }),
  })
  .meta({ id: 'MyThread' })
export type MyThread = z.infer<typeof MyThread>

export const MyThreads = page(MyThread, 'MyThreads')

export const MyThreadsQuery = z.strictObject({
  unread: z
    .stringbool({ truthy: ['true'], falsy: ['false'] })
    .optional()
    .meta({
      type: 'boolean',
      description: 'true leaves out the threads that you have read.',
    }),
  ...PageQuery.shape,
})
export type MyThreadsQuery = z.infer<typeof MyThreadsQuery>
