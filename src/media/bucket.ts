import { ApiError } from '../errors'
import type { ByteSource } from './containers/byte-reader'

/** The R2 bucket that holds all bytes. Code outside this folder passes it on and never calls it. */
export type Bucket = R2Bucket

/** The first bytes of a body, to detect its type from, and the rest as a stream. */
export interface PeekedBody {
  head: Uint8Array
  rest: ReadableStream<Uint8Array>
}

export async function peekBody(
  stream: ReadableStream<Uint8Array>,
  bytes: number,
): Promise<PeekedBody> {
  const reader = stream.getReader({ mode: 'byob' })
  const { value } = await reader.readAtLeast(bytes, new Uint8Array(bytes)).catch(() => {
    throw new ApiError('invalid', 'The upload was interrupted. Send it again.')
  })
  reader.releaseLock()
  return { head: value ?? new Uint8Array(), rest: stream }
}

/**
 * Stores a body of exactly `size` bytes and returns its ETag. The runtime pipes the stream from the
 * request to R2. Throws `invalid` and stores nothing when there are more or fewer bytes.
 */
export async function putObject(
  bucket: Bucket,
  key: string,
  { head, rest }: PeekedBody,
  { size, contentType }: { size: number; contentType?: string },
): Promise<string> {
  const exact = new FixedLengthStream(size)
  const options = contentType ? { httpMetadata: { contentType } } : {}
  const [stored, fed] = await Promise.allSettled([
    bucket.put(key, exact.readable, options).catch(async (error: unknown) => {
      // Where nobody reads any more, a write would wait for ever.
      if (!exact.readable.locked) await exact.readable.cancel(error)
      throw error
    }),
    writeBody(exact.writable, head, rest),
  ])
  if (fed.status === 'fulfilled' && stored.status === 'fulfilled' && stored.value) {
    return stored.value.etag
  }
  if (stored.status === 'fulfilled') await bucket.delete(key)
  // R2 rejects with a copy of this error that is no longer an `ApiError`.
  if (fed.status === 'rejected' && fed.reason instanceof ApiError) throw fed.reason
  // A failed stream rejects with a TypeError, R2 itself never does.
  if (stored.status === 'rejected' && !(stored.reason instanceof TypeError)) throw stored.reason
  throw new ApiError(
    'invalid',
    `The upload did not have the ${size} bytes that it declared. Send it again.`,
  )
}

async function writeBody(
  writable: WritableStream<Uint8Array>,
  head: Uint8Array,
  rest: ReadableStream<Uint8Array>,
): Promise<void> {
  const writer = writable.getWriter()
  try {
    await writer.write(head)
  } catch (error) {
    await rest.cancel(error)
    throw error
  }
  writer.releaseLock()
  await rest.pipeTo(writable)
}

/** A stored object, read by ranges. */
export const objectSource = (bucket: Bucket, key: string, size: number): ByteSource => ({
  size,
  read: async (offset, length) => {
    const object = await bucket.get(key, { range: { offset, length } })
    return new Uint8Array(await (object?.arrayBuffer() ?? new ArrayBuffer()))
  },
})

/** The ETag of an object, or undefined if there is none. */
export const tagOf = async (bucket: Bucket, key: string): Promise<string | undefined> =>
  (await bucket.head(key))?.etag

/** Rejects when R2 cannot be reached. */
export const pingBucket = (bucket: Bucket): Promise<unknown> => bucket.head('health')

/** Removes up to 1,000 objects. Missing ones are ignored. */
export const removeObjects = (bucket: Bucket, keys: string[]): Promise<void> => bucket.delete(keys)

/** Removes one page of the objects under a prefix and returns whether more may remain. */
export async function removePrefixPage(bucket: Bucket, prefix: string): Promise<boolean> {
  const { objects, truncated } = await bucket.list({ prefix })
  if (objects.length > 0) await bucket.delete(objects.map(({ key }) => key))
  return truncated
}
