import { ApiError } from '../errors'
import type { Bucket } from './bucket'
import { type PeekedBody, removeObjects } from './bucket'
import { inspectMedia } from './inspect'
import { avatarKey, avatarPrefix } from './object-keys'
import { openBody } from './single-upload'
import { stripGps } from './strip-gps'
import { createThumbnail, THUMBNAIL_TYPE, type ThumbnailBindings, thumbnailTag } from './thumbnails'
import { readUploadHeaders } from './upload-headers'

const MAX_BYTES = 2_000_000
// An upload that is running is younger than this.
const YOUNG_MS = 10 * 60_000

/** Looks at a picture that is to be an avatar. Throws `unsupported_type`, `too_large`, `invalid`. */
export async function openAvatar(
  request: Request,
  env: Parameters<typeof inspectMedia>[2],
): Promise<{ body: PeekedBody; size: number; type: string }> {
  const declared = { ...readUploadHeaders(request), thumbHash: undefined }
  if (declared.size > MAX_BYTES)
    throw new ApiError('too_large', `An avatar has at most ${MAX_BYTES} bytes.`)
  const body = await openBody(request)
  const { kind, type, size } = await inspectMedia(body.head, declared, env)
  if (kind !== 'image') throw new ApiError('unsupported_type', 'An avatar is a picture.')
  return { body: stripGps(body, type), size, type }
}

/** Serves a picture to anyone: its address is told only to those who may see whose it is. */
export async function serveAvatar(
  services: ThumbnailBindings,
  key: string,
  width: number | undefined,
): Promise<Response> {
  const { MEDIA } = services
  // Of a picture that is gone a rendition may still be kept, and is not shown.
  const object = width === undefined ? await MEDIA.get(key) : await MEDIA.head(key)
  if (!object) throw new ApiError('not_found', 'There is no such picture.')
  const type = object.httpMetadata?.contentType ?? 'application/octet-stream'
  const headers = {
    'Content-Security-Policy': "sandbox; default-src 'none'",
    'X-Content-Type-Options': 'nosniff',
    'Cache-Control': 'public, max-age=31536000, immutable',
  }
  if (width === undefined) {
    const { body } = object as R2ObjectBody
    return new Response(body, {
      headers: { ...headers, 'Content-Type': type, ETag: object.httpEtag },
    })
  }
  const made = await createThumbnail(services, key, type, width)
  if (!made) return serveAvatar(services, key, undefined)
  const ETag = thumbnailTag(object.httpEtag, width)
  return new Response(made, { headers: { ...headers, 'Content-Type': THUMBNAIL_TYPE, ETag } })
}

/** Removes a user's pictures but the one they have and, unless the account is gone, one that may just be on its way. */
export async function removeStaleAvatars(
  bucket: Bucket,
  userId: string,
  current: string | null,
  isGone: boolean,
  now: number,
): Promise<void> {
  const { objects: found } = await bucket.list({ prefix: avatarPrefix('users', userId) })
  const kept = current && avatarKey('users', userId, current)
  const old = found.filter(
    ({ key, uploaded }) => isGone || (key !== kept && uploaded.getTime() < now - YOUNG_MS),
  )
  if (old.length > 0)
    await removeObjects(
      bucket,
      old.map(({ key }) => key),
    )
}
