import { z } from 'zod'

export const MAX_PAGE = 100

/** The `limit` of every list. A value over the maximum is refused, not trimmed. */
export const Limit = z.coerce
  .number()
  .int()
  .min(1)
  .max(MAX_PAGE)
  .default(50)
  .meta({ description: 'Maximum number of items to return.' })

export const Cursor = z.string().min(1).max(1024).meta({
  description:
    'The `nextCursor` of the previous page, with the same filters and order. It is valid for you, in this list only.',
  example: 'q3Fs0bZ1nV4TxWmKWyIyMDI2LTExIiwiMDE5OSJd',
})

export const PageQuery = z.strictObject({ limit: Limit, cursor: Cursor.optional() })
export type PageQuery = z.infer<typeof PageQuery>

/** The shape of every list that is read by cursor. */
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
