import type { z } from 'zod'
import { ApiError } from '../errors'
import type { Page } from './pages'

/** Encodes the sort key of a page's last item. Clients pass it back as it is; `decodeCursor` checks it. */
export function encodeCursor(sortKey: (string | number)[]): string {
  const bytes = new TextEncoder().encode(JSON.stringify(sortKey))
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}

/** Throws `invalid` for anything that `encodeCursor` did not make for this list. */
export function decodeCursor<T extends z.ZodType>(cursor: string, sortKey: T): z.infer<T> {
  try {
    const binary = atob(cursor.replaceAll('-', '+').replaceAll('_', '/'))
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0))
    return sortKey.parse(
      JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)),
    )
  } catch {
    throw new ApiError('invalid', 'The cursor is not valid. Pass the `nextCursor` of a page.', {
      errors: [{ path: 'cursor', message: 'is not a cursor of this list' }],
    })
  }
}

/** Makes a page from a query that asked for one item more than `limit`. */
export function toPage<T>(
  found: T[],
  limit: number,
  sortKeyOf: (item: T) => (string | number)[],
): Page<T> {
  const items = found.slice(0, limit)
  const last = items.at(-1)
  return { items, nextCursor: found.length > limit && last ? encodeCursor(sortKeyOf(last)) : null }
}
