import { ApiError } from '../errors'

/** R2, where the bytes are. Only this folder knows. */
export type Bucket = R2Bucket

/** The first bytes of a body, for looking at, and the rest, still on its way. */
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
    throw new ApiError('invalid', 'The body broke off.')
  })
  reader.releaseLock()
  return { head: value ?? new Uint8Array(), rest: stream }
}

/**
 * Stores a body of exactly `size` bytes and answers its entity tag. The rest of it flows from the request
 * to R2 inside the runtime. Throws `invalid`, with nothing stored, when there are more or fewer bytes.
 */
export async function putObject(
  bucket: Bucket,
  key: string,
  { head, rest }: PeekedBody,
  size: number,
  contentType?: string,
): Promise<string> {
  const exact = new FixedLengthStream(size)
  const [stored, fed] = await Promise.allSettled([
    bucket.put(key, exact.readable, contentType ? { httpMetadata: { contentType } } : {}),
    writeBody(exact.writable, head, rest),
  ])
  if (fed.status === 'fulfilled' && stored.status === 'fulfilled' && stored.value) {
    return stored.value.etag
  }
  if (stored.status === 'fulfilled') await bucket.delete(key)
  // R2 gives this back as a copy that is no `ApiError` any more.
  if (fed.status === 'rejected' && fed.reason instanceof ApiError) throw fed.reason
  // The runtime's streams fail with TypeErrors, R2 does not.
  if (stored.status === 'rejected' && !(stored.reason instanceof TypeError)) throw stored.reason
  throw new ApiError('invalid', `The body had not the ${size} bytes that it was said to have.`)
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

/** Whether R2 answers at all. */
export const pingBucket = (bucket: Bucket): Promise<unknown> => bucket.head('health')

/** Removes objects; those that are not there are no harm. At most 1,000. */
export const removeObjects = (bucket: Bucket, keys: string[]): Promise<void> => bucket.delete(keys)

/** Removes a page of what begins so; returns whether there may be more. */
export async function removePrefixPage(bucket: Bucket, prefix: string): Promise<boolean> {
  const { objects, truncated } = await bucket.list({ prefix })
  if (objects.length > 0) await bucket.delete(objects.map(({ key }) => key))
  return truncated
}
