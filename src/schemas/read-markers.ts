import { z } from 'zod'
import { Seq } from './primitives'

export const ReadMarker = z
  .strictObject({
    seq: Seq.meta({ description: 'The last seq that you have read.' }),
    unread: z.boolean().optional().meta({
      description:
        'true lets the marker move back, to mark messages as unread. Otherwise it only moves forward.',
    }),
  })
  .meta({ id: 'ReadMarker' })
export type ReadMarker = z.infer<typeof ReadMarker>

export const ReadState = z
  .strictObject({
    seq: Seq,
    unread: z.int().min(0).meta({ example: 3 }),
    unreadMentions: z.int().min(0).meta({ example: 1 }),
  })
  .meta({ id: 'ReadState' })
export type ReadState = z.infer<typeof ReadState>
