import { z } from 'zod'
import { ApiError } from '../errors'
import { isJsonObject, type Json, problemOf } from './json'
import { mergePatch } from './merge-patch'

const BOUNDS = { maxBytes: 4096, maxDepth: 8 }

/** What an app keeps with a user, a room, a message or a member. Nothing here looks into it. */
export const Metadata = z
  .unknown()
  .superRefine((value, context) => {
    const message = isJsonObject(value) ? problemOf(value, BOUNDS) : 'must be an object'
    if (message) context.addIssue({ code: 'custom', message })
  })
  .meta({
    id: 'Metadata',
    type: 'object',
    additionalProperties: true,
    description: `Data of your app, kept as sent: an object of up to ${BOUNDS.maxBytes} bytes as JSON, ${BOUNDS.maxDepth} levels deep, without the name \`__proto__\`. The service does not look into it. Empty where there is none.`,
    example: { color: 'teal', ticket: 4711 },
  }) as unknown as z.ZodType<Metadata>

type Scalar = string | number | boolean | null
/** An object or an array of JSON. Arrays in a type of their own would be too deep for what the compiler makes of RPC. */
interface Node {
  [name: string]: Scalar | Node
}
export type Metadata = Record<string, Scalar | Node>

/** What a request says of metadata, beside whatever else it changes. */
export const MetadataPatch = Metadata.nullable().optional().meta({
  description:
    'Replaces what was there; null leaves nothing. In a request of type `application/merge-patch+json` it is merged into what was there (RFC 7396): null removes a name.',
})

/** New metadata, and whether it is a merge patch for what was there. Without it nothing changes. */
export interface MetadataChange {
  metadata?: Metadata | null | undefined
  isMerge?: boolean | undefined
}

/** Metadata as it is stored: as JSON, null for none. */
export const toStored = (metadata: Metadata | null | undefined): string | null =>
  metadata && Object.keys(metadata).length > 0 ? JSON.stringify(metadata) : null

export const fromStored = (stored: string | null): Metadata =>
  stored === null ? {} : JSON.parse(stored)

/** What a change makes of stored metadata. Throws `invalid` when merged there is too much of it. */
export function changeStored(
  stored: string | null,
  { metadata, isMerge = false }: MetadataChange,
): string | null {
  if (metadata === undefined) return stored
  if (!isMerge || metadata === null) return toStored(metadata)
  const merged = mergePatch(fromStored(stored) as Json, metadata as Json) as Metadata
  const message = problemOf(merged, BOUNDS)
  if (message === undefined) return toStored(merged)
  throw new ApiError('invalid', `metadata: ${message}`, {
    errors: [{ path: 'metadata', message }],
  })
}
