import { v7 } from 'uuid'

/** A UUIDv7: unique without coordination and sorted by time of creation. */
export const newId = (): string => v7()
