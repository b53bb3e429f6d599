import { z } from 'zod'
import { Timestamp } from './primitives'

/** The text of a message before an edit. */
export const Version = z
  .strictObject({
    text: z.string().meta({ example: 'See you at 7!' }),
    writtenAt: Timestamp,
  })
  .meta({ id: 'Version' })
export type Version = z.infer<typeof Version>

export const Versions = z
  .strictObject({ items: z.array(Version).meta({ description: 'Newest first.' }) })
  .meta({ id: 'Versions' })
