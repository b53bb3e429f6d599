import { ApiError } from '../errors'
import { type Bucket, type PeekedBody, removeObjects } from './bucket'
import { matchesTag } from './etag-match'
import { OCTET_STREAM } from './formats'
import { type DeclaredMedia, inspectMedia } from './inspect'
import { avatarKey, avatarPrefix } from './object-keys'
import { openBody } from './single-upload'
import { stripGps } from './strip-gps'
import { createThumbnail, THUMBNAIL_TYPE, type ThumbnailBindings, thumbnailTag } from './thumbnails'
import { readUploadHeaders } from './upload-headers'

export const MAX_AVATAR_BYTES = 2_000_000
// An upload in progress may have stored a picture that no profile names yet. None takes this long.
const UPLOAD_GRACE_MS = 10 * 60_000

/** An avatar that may be stored: its bytes, without GPS. */
export interface CheckedAvatar {
  body: PeekedBody
  size: number
  type: string
}

type Limits = Parameters<typeof inspectMedia>[2]

/** Checks a request that uploads an avatar. Throws `unsupported_type`, `too_large`, `invalid`. */
export const openAvatar = async (request: Request, env: Limits): Promise<CheckedAvatar> =>
  check(readUploadHeaders(request), () => openBody(request), env)

/** Checks bytes of which nobody said what they are, and that are in memory. Throws the same. */
export const checkAvatar = async (bytes: Uint8Array, env: Limits): Promise<CheckedAvatar> => {
  const declared = { type: OCTET_STREAM, size: bytes.byteLength, name: undefined }
  return check(declared, () => openBody(new Response(bytes)), env)
}

async function check(
  declared: Omit<DeclaredMedia, 'thumbHash'>,
  open: () => Promise<PeekedBody>,
  env: Limits,
): Promise<CheckedAvatar> {
  if (declared.size > MAX_AVATAR_BYTES)
    throw new ApiError('too_large', 'This picture is too large. An avatar can be at most 2 MB.')
  const body = await open()
  const { kind, type, size } = await inspectMedia(
    body.head,
    { ...declared, thumbHash: undefined },
    env,
  )
  if (kind !== 'image')
    throw new ApiError(
      'unsupported_type',
      'An avatar must be a picture. Choose a JPEG, PNG, GIF, WebP, AVIF or HEIC file.',
    )
  return { body: stripGps(body, type), size, type }
}

/** A request for an avatar. `known` is its `If-None-Match`. */
interface AvatarRequest {
  key: string
  width: number | undefined
  known: string | null
}

/** Serves a picture without asking who reads it: only those who may see its owner learn its URL. */
export async function serveAvatar(
  bindings: ThumbnailBindings,
  { key, width, known }: AvatarRequest,
): Promise<Response> {
  const { MEDIA } = bindings
  // The cache may still hold a thumbnail of a picture that was removed. Do not serve it.
  const isWhole = width === undefined && known === null
  const object = isWhole ? await MEDIA.get(key) : await MEDIA.head(key)
  if (!object) throw new ApiError('not_found', 'There is no such picture.')
  const tag = width === undefined ? object.httpEtag : thumbnailTag(object.httpEtag, width)
  const headers = {
    'Content-Security-Policy': "sandbox; default-src 'none'",
    'X-Content-Type-Options': 'nosniff',
    'Cache-Control': 'public, max-age=31536000, immutable',
    ETag: tag,
  }
  if (matchesTag(known, tag)) return new Response(null, { status: 304, headers })
  const type = object.httpMetadata?.contentType ?? 'application/octet-stream'
  if (width === undefined) {
    if (!isWhole) return serveAvatar(bindings, { key, width, known: null })
    const { body } = object as R2ObjectBody
    return new Response(body, { headers: { ...headers, 'Content-Type': type } })
  }
  const made = await createThumbnail(bindings, { key, type, size: object.size }, width)
  if (!made) return serveAvatar(bindings, { key, width: undefined, known })
  return new Response(made, { headers: { ...headers, 'Content-Type': THUMBNAIL_TYPE } })
}

/**
 * Removes a user's old pictures. Keeps the current one and any that an upload may have just stored;
 * removes those too when the account `isDeleted`.
 */
export async function removeStaleAvatars(
  bucket: Bucket,
  userId: string,
  { current, isDeleted }: { current: string | null; isDeleted: boolean },
  now: number,
): Promise<void> {
  const { objects } = await bucket.list({ prefix: avatarPrefix('users', userId) })
  const currentKey = current && avatarKey('users', userId, current)
  const stale = objects.filter(
    ({ key, uploaded }) =>
      isDeleted || (key !== currentKey && uploaded.getTime() < now - UPLOAD_GRACE_MS),
  )
  if (stale.length > 0)
    await removeObjects(
      bucket,
      stale.map(({ key }) => key),
    )
}
