import { z } from 'zod'
import { decodeCursor, toPage } from '../schemas/cursor'
import type { Page, PageQuery } from '../schemas/pages'

/** How a list is sorted, which is how its cursor knows where a page ended. */
interface Order<K extends (string | number)[], T> {
  key: z.ZodType<K>
  keyOf: (item: T) => K
}

/** Reads one page: `read` gets the key of the last item that was shown and is asked for one item too many. */
export async function pageOf<K extends (string | number)[], Sorted, T extends Sorted>(
  { cursor, limit }: PageQuery,
  { key, keyOf }: Order<K, Sorted>,
  read: (after: K | null, limit: number) => Promise<T[]>,
): Promise<Page<T>> {
  const after = cursor ? decodeCursor(cursor, key) : null
  return toPage(await read(after, limit + 1), limit, keyOf)
}

export const byId = {
  key: z.tuple([z.string()]),
  keyOf: ({ id }: { id: string }): [string] => [id],
}

export const byUserId = {
  key: z.tuple([z.string()]),
  keyOf: ({ user }: { user: { id: string } }): [string] => [user.id],
}
