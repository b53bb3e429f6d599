import type { z } from 'zod'
import { ApiError } from '../errors'

/** Where a page ended: the sort key of its last item. Opaque to clients, checked when it comes back. */
export function encode(place: (string | number)[]): string {
  const bytes = new TextEncoder().encode(JSON.stringify(place))
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}

/** Throws `invalid` for anything that `encode` did not make. */
export function decode<T extends z.ZodType>(cursor: string, place: T): z.infer<T> {
  try {
    const binary = atob(cursor.replaceAll('-', '+').replaceAll('_', '/'))
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0))
    return place.parse(
      JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)),
    )
  } catch {
    throw new ApiError('invalid', 'cursor: pass the `nextCursor` of a page as it is.', {
      errors: [{ path: 'cursor', message: 'is not a cursor of this list' }],
    })
  }
}

/** A page out of one item more than it shows. */
export function paged<T>(
  found: T[],
  limit: number,
  placeOf: (item: T) => (string | number)[],
): { items: T[]; nextCursor: string | null } {
  const items = found.slice(0, limit)
  const last = items.at(-1)
  return { items, nextCursor: found.length > limit && last ? encode(placeOf(last)) : null }
}
