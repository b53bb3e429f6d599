import { createHmac } from 'node:crypto'
import { v7 } from 'uuid'

/** A UUIDv7: unique without coordination and sorted by time of creation. */
export const newId = (): string => v7()

/**
 * The one room of two people, whoever of them asks. The key only separates these ids from other hashes: it
 * is no secret, because whoever rotates a secret must not lose rooms, and knowing the id opens nothing.
 */
export const directRoomId = (a: string, b: string): string =>
  createHmac('sha256', 'direct room').update([a, b].sort().join(' ')).digest('base64url')
