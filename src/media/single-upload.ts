import { ApiError } from '../errors'
import type { Media } from '../schemas/media'
import { type Bucket, type PeekedBody, peekBody, putObject, removeObjects } from './bucket'
import { HEAD_BYTES } from './detect-type'
import type { MediaMetadata } from './inspect'
import { mediaKey } from './object-keys'
import { stripGps } from './strip-gps'

/** Reads the first bytes of a request. Throws `invalid` when it has none. */
export async function openBody({ body }: Request): Promise<PeekedBody> {
  if (!body) throw new ApiError('invalid', 'There are no bytes.')
  return peekBody(body, HEAD_BYTES)
}

/** What the room is told when the bytes are there, or never will be. */
interface UploadCallbacks {
  finish: (etag: string) => Promise<Media>
  abandon: () => Promise<null>
}

/** Stores the bytes of media that a room has taken on, and tells it; on failure nothing stays. */
export async function storeBody(
  bucket: Bucket,
  id: string,
  body: PeekedBody,
  { size, type }: MediaMetadata,
  { finish, abandon }: UploadCallbacks,
): Promise<Media> {
  const key = mediaKey(id)
  let etag: string
  try {
    etag = await putObject(bucket, key, stripGps(body, type), size)
  } catch (error) {
    // Should this be lost too, the room gives the upload up by itself after a day.
    await abandon().catch(() => null)
    throw error
  }
  return finish(etag).catch(async (error: unknown) => {
    if (error instanceof ApiError && error.code === 'not_found') await removeObjects(bucket, [key])
    throw error
  })
}
