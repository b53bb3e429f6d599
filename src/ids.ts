import { createHmac } from 'node:crypto'
import { v7 } from 'uuid'

/** A UUIDv7: unique without coordination, and sorted by creation time. */
export const newId = (): string => v7()

/**
 * The id of the direct room of two users, in either order. The HMAC key is public: it only separates these ids
 * from other hashes. A secret key could never be rotated without losing rooms, and knowing the id gives no access.
 */
export const directRoomId = (a: string, b: string): string =>
  createHmac('sha256', 'direct room').update([a, b].sort().join(' ')).digest('base64url')
