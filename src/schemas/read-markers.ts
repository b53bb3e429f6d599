import { z } from 'zod'
import { Seq } from './primitives'

export const ReadMarker = z
  .strictObject({
    seq: Seq.meta({ description: 'Everything up to here is read.' }),
    unread: z.boolean().optional().meta({
      description: 'true: the marker may also go back; otherwise it never does.',
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
