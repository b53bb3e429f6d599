import { ApiError } from '../errors'
import type { Media } from '../schemas/media'
import { type Bucket, type PeekedBody, peekBody, putObject, removeObjects } from './bucket'
import { HEAD_BYTES } from './detect-type'
import { inspectStored, type MediaMetadata } from './inspect'
import { mediaKey } from './object-keys'
import { stripGps } from './strip-gps'

/** Reads the first bytes of what was sent. Throws `invalid` when it has no body. */
export async function openBody({ body }: Pick<Request, 'body'>): Promise<PeekedBody> {
  if (!body)
    throw new ApiError('invalid', 'The upload is empty. Send the bytes of the file as the body.')
  return peekBody(body, HEAD_BYTES)
}

interface UploadCallbacks {
  /** Tells the room that the bytes are stored. */
  finish: (etag: string, metadata: MediaMetadata) => Promise<Media>
  /** Tells the room that they never will be. */
  abandon: () => Promise<null>
}

/** Stores the bytes of media that a room has reserved and reports to it. On failure nothing stays in R2. */
export async function storeBody(
  bucket: Bucket,
  id: string,
  body: PeekedBody,
  metadata: MediaMetadata,
  { finish, abandon }: UploadCallbacks,
): Promise<Media> {
  const { size, type } = metadata
  const key = mediaKey(id)
  let etag: string
  try {
    etag = await putObject(bucket, key, stripGps(body, type), { size })
  } catch (error) {
    // If this fails too, the room drops the upload by itself after a day.
    await abandon().catch(() => null)
    throw error
  }
  const stored = await inspectStored(bucket, id, metadata)
  return finish(etag, stored).catch(async (error: unknown) => {
    if (error instanceof ApiError && error.code === 'not_found') await removeObjects(bucket, [key])
    throw error
  })
}
