import { v7 } from 'uuid'

/** A UUIDv7: unique without coordination, and sorted by creation time. */
export const newId = (): string => v7()
