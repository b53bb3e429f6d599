import { ApiError } from '../errors'
import type { Bucket } from './bucket'
import * as objects from './bucket'
import * as drafts from './inspect'
import * as addresses from './object-keys'
import * as transfers from './single-upload'
import * as scrubbing from './strip-gps'
import * as renditions from './thumbnails'
import * as declarations from './upload-headers'

const MAX_BYTES = 2_000_000
// An upload that is running is younger than this.
const YOUNG_MS = 10 * 60_000

/** Looks at a picture that is to be an avatar. Throws `unsupported_type`, `too_large`, `invalid`. */
export async function open(
  request: Request,
  env: Parameters<typeof drafts.inspect>[2],
): Promise<{ body: objects.Body; size: number; type: string }> {
  const declared = { ...declarations.read(request), thumbHash: undefined }
  if (declared.size > MAX_BYTES)
    throw new ApiError('too_large', `An avatar has at most ${MAX_BYTES} bytes.`)
  const body = await transfers.open(request)
  const { kind, type, size } = await drafts.inspect(body.head, declared, env)
  if (kind !== 'image') throw new ApiError('unsupported_type', 'An avatar is a picture.')
  return { body: scrubbing.scrub(body, type), size, type }
}

/** Serves a picture to anyone: its address is told only to those who may see whose it is. */
export async function answer(
  services: renditions.Services,
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
  const made = await renditions.make(services, key, type, width)
  if (!made) return answer(services, key, undefined)
  const ETag = renditions.tagOf(object.httpEtag, width)
  return new Response(made, { headers: { ...headers, 'Content-Type': renditions.TYPE, ETag } })
}

/** Removes a user's pictures but the one they have and, unless the account is gone, one that may just be on its way. */
export async function sweep(
  bucket: Bucket,
  userId: string,
  current: string | null,
  isGone: boolean,
  now: number,
): Promise<void> {
  const { objects: found } = await bucket.list({ prefix: addresses.avatarsOf('users', userId) })
  const kept = current && addresses.avatarOf('users', userId, current)
  const old = found.filter(
    ({ key, uploaded }) => isGone || (key !== kept && uploaded.getTime() < now - YOUNG_MS),
  )
  if (old.length > 0)
    await objects.remove(
      bucket,
      old.map(({ key }) => key),
    )
}
