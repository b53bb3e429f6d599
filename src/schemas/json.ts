/** A value of JSON. */
export type Json = string | number | boolean | null | Json[] | { [name: string]: Json }

/** An object of JSON. */
export type JsonObject = Record<string, Json>

/** A name that programs in JavaScript mistake for the prototype of what they copy it into. */
const RESERVED = '__proto__'

interface Bounds {
  maxBytes: number
  maxDepth: number
}

/** What is wrong with a value that clients may choose freely; undefined if nothing is. */
export function problemOf(value: unknown, { maxBytes, maxDepth }: Bounds): string | undefined {
  // First the depth: nothing that comes after it could run out of stack then.
  if (isDeeper(value, maxDepth)) return `must not nest deeper than ${maxDepth}`
  const text = JSON.stringify(value)
  if (text.length > maxBytes || new TextEncoder().encode(text).length > maxBytes) {
    return `must have at most ${maxBytes} bytes as JSON`
  }
  if (hasInfinity(value)) return 'must have no number beyond those of a double'
  return hasReserved(value) ? `must not have a name \`${RESERVED}\`` : undefined
}

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const partsOf = (value: unknown): unknown[] =>
  typeof value === 'object' && value !== null ? Object.values(value) : []

/** An object or array of plain values has a depth of 1. */
function isDeeper(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return depth === 0 || partsOf(value).some((part) => isDeeper(part, depth - 1))
}

// What a number such as 1e400 is read as. Written again it would be null.
const hasInfinity = (value: unknown): boolean =>
  typeof value === 'number' ? !Number.isFinite(value) : partsOf(value).some(hasInfinity)

const hasReserved = (value: unknown): boolean =>
  (isJsonObject(value) && Object.hasOwn(value, RESERVED)) || partsOf(value).some(hasReserved)
