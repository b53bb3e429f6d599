import { z } from 'zod'

export const MAX_PAGE = 100

/** `limit` of every list: over the maximum is refused, not trimmed. */
export const Limit = z.coerce
  .number()
  .int()
  .min(1)
  .max(MAX_PAGE)
  .default(50)
  .meta({ description: 'How many items at most.' })

export const Cursor = z
  .string()
  .min(1)
  .max(512)
  .meta({ description: '`nextCursor` of the page before.', example: 'WyIyMDI2LTExIiwiMDE5OSJd' })

export const PageQuery = z.strictObject({ limit: Limit, cursor: Cursor.optional() })
export type PageQuery = z.infer<typeof PageQuery>

/** The one shape of lists. */
export const page = <T extends z.ZodType>(item: T, id: string) =>
  z
    .strictObject({
      items: z.array(item),
      nextCursor: Cursor.nullable().meta({ description: 'null on the last page.' }),
    })
    .meta({ id })

export interface Page<T> {
  items: T[]
  nextCursor: string | null
}
