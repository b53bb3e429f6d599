import { ApiError } from '../errors'
import type { Media } from '../schemas/media'
import * as objects from './bucket'
import { HEAD_BYTES } from './detect-type'
import type { Draft } from './inspect'
import * as addresses from './object-keys'
import * as scrubbing from './strip-gps'

/** Reads the first bytes of a request. Throws `invalid` when it has none. */
export async function open({ body }: Request): Promise<objects.Body> {
  if (!body) throw new ApiError('invalid', 'There are no bytes.')
  return objects.open(body, HEAD_BYTES)
}

/** What the room is told when the bytes are there, or never will be. */
interface Ports {
  finish: (etag: string) => Promise<Media>
  abandon: () => Promise<null>
}

/** Stores the bytes of media that a room has taken on, and tells it; on failure nothing stays. */
export async function store(
  bucket: objects.Bucket,
  id: string,
  body: objects.Body,
  { size, type }: Draft,
  { finish, abandon }: Ports,
): Promise<Media> {
  const key = addresses.keyOf(id)
  let etag: string
  try {
    etag = await objects.put(bucket, key, scrubbing.scrub(body, type), size)
  } catch (error) {
    // Should this be lost too, the room gives the upload up by itself after a day.
    await abandon().catch(() => null)
    throw error
  }
  return finish(etag).catch(async (error: unknown) => {
    if (error instanceof ApiError && error.code === 'not_found') await objects.remove(bucket, [key])
    throw error
  })
}
