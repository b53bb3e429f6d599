import { createHmac, timingSafeEqual } from 'node:crypto'
import { base64url } from 'jose'
import { ApiError } from '../errors'
import type { Secrets } from './tokens'

/** The sort key of the last item of a page. */
export type SortKey = (string | number)[]

/** Where a cursor is valid: for one reader, in one list, in one order and with one filter. */
export interface CursorScope {
  userId: string
  /** The path of the list. */
  list: string
  filter: Record<string, unknown>
}

// As many as let nobody try: a guess takes a request.
const MAC_BYTES = 12

/** Signs the sort key of a page's last item for this scope. Clients pass it back as it is. */
export const signCursor = ([secret]: Secrets, scope: CursorScope, sortKey: SortKey): string =>
  signed(secret, scope, Buffer.from(JSON.stringify(sortKey)))

/** Returns the sort key. Throws `invalid` unless this service made the cursor for this scope. */
export function verifyCursor(secrets: Secrets, scope: CursorScope, cursor: string): unknown {
  const payload = Buffer.from(cursor, 'base64url').subarray(MAC_BYTES)
  const isSigned = secrets.some(
    (secret) => secret && areEqual(signed(secret, scope, payload), cursor),
  )
  if (!isSigned) throw invalidCursor()
  return JSON.parse(payload.toString())
}

export const invalidCursor = () =>
  new ApiError(
    'invalid',
    'The cursor is not valid here. Pass the `nextCursor` of a page of this list, with the same filters and order.',
    { errors: [{ path: 'cursor', message: 'is not a cursor of this list' }] },
  )

function signed(secret: string, { userId, list, filter }: CursorScope, payload: Buffer): string {
  const given = Object.entries(filter).filter(([, value]) => value !== undefined)
  const mac = createHmac('sha256', keyOf(secret))
    .update(`${JSON.stringify([userId, list, given.sort()])}\n`)
    .update(payload)
    .digest()
  return base64url.encode(Buffer.concat([mac.subarray(0, MAC_BYTES), payload]))
}

// Compared as text: of two that decode to the same bytes, one was not made here.
function areEqual(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)]
  return left.length === right.length && timingSafeEqual(left, right)
}

const keys = new Map<string, Buffer>()

/** A key of its own, so that nothing that is signed for another purpose can be taken for a cursor. */
function keyOf(secret: string): Buffer {
  const key = keys.get(secret) ?? createHmac('sha256', secret).update('cursors').digest()
  keys.set(secret, key)
  return key
}
