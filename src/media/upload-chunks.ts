import pMap from 'p-map'
import { ApiError } from '../errors'
import type { Bucket } from './bucket'
import { mediaKey } from './object-keys'

/** What one request stored of a part that is not full yet: an object of its own. */
export interface Chunk {
  /** The request that stored it. */
  attempt: number
  bytes: number
}

// Each attempt has a key of its own, so a superseded request cannot overwrite what the current one stored.
export const chunkKey = (id: string, attempt: number) => `${mediaKey(id)}.${attempt}`

export const lengthOf = (chunks: readonly Chunk[]): number =>
  chunks.reduce((sum, { bytes }) => sum + bytes, 0)

/** With so many chunks, the next request joins some. */
export const MAX_CHUNKS = 64

/**
 * How many of the first chunks stay as they are when a request adds another; it joins the rest with its own. Each that
 * stays has more than twice the bytes of all behind it, so no more than 15 stay, and no byte is copied again before
 * what it is in has grown by half.
 */
export function keptChunks(chunks: readonly Chunk[], added: number): number {
  let kept = chunks.length
  if (kept < MAX_CHUNKS) return kept
  let behind = added
  for (const [index, { bytes }] of [...chunks.entries()].reverse()) {
    if (bytes <= 2 * behind) kept = index
    behind += bytes
  }
  return kept
}

// As many connections as a Worker may have open at once.
const CONNECTIONS = 6

/** Reads chunks into a buffer of their length. Throws `gone` when R2 no longer has one. */
export async function loadChunks(
  bucket: Bucket,
  id: string,
  chunks: readonly Chunk[],
  buffer: Uint8Array,
): Promise<void> {
  let end = 0
  const placed = chunks.map(({ attempt, bytes }) => {
    end += bytes
    return { attempt, start: end - bytes, end }
  })
  await pMap(
    placed,
    async ({ attempt, start, end }) => {
      const object = await bucket.get(chunkKey(id, attempt))
      if (!object) throw new ApiError('gone', 'Part of this upload was lost. Start it again.')
      buffer.subarray(start, end).set(new Uint8Array(await object.arrayBuffer()))
    },
    { concurrency: CONNECTIONS },
  )
}
