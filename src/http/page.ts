import { z } from 'zod'
import { invalidCursor, type SortKey, signCursor, verifyCursor } from '../auth/cursors'
import { type AccessClaims, secretsOf } from '../auth/tokens'
import type { Page, PageQuery } from '../schemas/pages'

/** The request of a signed-in reader of a list. */
interface ListRequest {
  env: Env
  var: { access: AccessClaims }
  req: { path: string }
}

/** How a list is sorted, which is how its cursor knows where a page ended. */
interface Order<K extends SortKey, T> {
  key: z.ZodType<K>
  keyOf: (item: T) => K
}

interface Cursors<K> {
  /** Where the page before ended; null for the first page. */
  after: K | null
  /** The `nextCursor` of a page that ends here. */
  next: (last: K | null) => string | null
}

/**
 * Reads the cursor of a query and writes the next one. It is good for this reader, this path and these parameters only;
 * `limit` may change between pages, and `seen` selects nothing. Throws `invalid`.
 */
export function cursorsOf<K extends SortKey>(
  { env, var: { access }, req }: ListRequest,
  { cursor, limit, seen, ...filter }: PageQuery & { seen?: string | undefined },
  key: z.ZodType<K>,
): Cursors<K> {
  const scope = { userId: access.userId, list: req.path, filter }
  const secrets = secretsOf(env)
  const next = (last: K | null) => last && signCursor(secrets, scope, last)
  if (cursor === undefined) return { after: null, next }
  const { data, success } = key.safeParse(verifyCursor(secrets, scope, cursor))
  // Made by another version of the service.
  if (!success) throw invalidCursor()
  return { after: data, next }
}

/** Reads one page of a list that says itself where the page ended, or null for the last. Throws `invalid`. */
export async function pageAfter<K extends SortKey, T>(
  request: ListRequest,
  query: PageQuery,
  key: z.ZodType<K>,
  read: (after: K | null) => Promise<{ items: T[]; next: K | null }>,
): Promise<Page<T>> {
  const cursors = cursorsOf(request, query, key)
  const { items, next } = await read(cursors.after)
  return { items, nextCursor: cursors.next(next) }
}

/** Reads one page: `read` gets the key of the last item that was shown and is asked for one item too many. */
export const pageOf = <K extends SortKey, Sorted, T extends Sorted>(
  request: ListRequest,
  query: PageQuery,
  { key, keyOf }: Order<K, Sorted>,
  read: (after: K | null, limit: number) => Promise<T[]>,
): Promise<Page<T>> =>
  pageAfter(request, query, key, async (after) => {
    const found = await read(after, query.limit + 1)
    const items = found.slice(0, query.limit)
    const last = items.at(-1)
    return { items, next: found.length > query.limit && last ? keyOf(last) : null }
  })

export const byId = {
  key: z.tuple([z.string()]),
  keyOf: ({ id }: { id: string }): [string] => [id],
}

export const byUserId = {
  key: z.tuple([z.string()]),
  keyOf: ({ user }: { user: { id: string } }): [string] => [user.id],
}
