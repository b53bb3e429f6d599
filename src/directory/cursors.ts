import { z } from 'zod'
import { ApiError } from '../errors'

const Key = z.tuple([z.string(), z.string()])
type Key = z.infer<typeof Key>

/** An opaque cursor out of the last item's place in a list: what it is sorted by, and its id. */
export const encode = (key: Key): string => Buffer.from(JSON.stringify(key)).toString('base64url')

/** Throws `invalid` for what is no cursor of ours. */
export function decode(cursor: string): Key {
  try {
    return Key.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()))
  } catch {
    const message = 'must be the nextCursor of a page before'
    throw new ApiError('invalid', `cursor: ${message}.`, { errors: [{ path: 'cursor', message }] })
  }
}
