import { create } from 'content-disposition'
import { ApiError } from '../errors'
import type { Media, MediaKind } from '../schemas/media'
import { matchesTag } from './etag-match'
import { mediaKey } from './object-keys'
import { parseRange } from './ranges'
import { createThumbnail, THUMBNAIL_TYPE, type ThumbnailBindings, thumbnailTag } from './thumbnails'

// A plain file may be an HTML page with a script: browsers must save it, never show it.
const inlineKinds: readonly MediaKind[] = ['image', 'video', 'audio']

/** Answers GET and HEAD. Reads R2 only when bytes are sent (not for 304, 416 or HEAD). Throws `not_found`. */
export async function serveMedia(
  bindings: ThumbnailBindings,
  request: Request,
  { media, etag, width }: { media: Media; etag: string; width: number | undefined },
): Promise<Response> {
  const tag = `"${etag}"`
  const thumbnail =
    width === undefined ? null : await thumbnailOf(bindings, request, media, tag, width)
  if (thumbnail) return thumbnail
  const { method, headers: asked } = request
  const headers = headersOf(media, tag)
  if (matchesTag(asked.get('If-None-Match'), tag))
    return new Response(null, { status: 304, headers })
  // Only GET has ranges (RFC 9110, 14.2). If the file changed since the client got its first part, send all of it (13.1.5).
  const isSame = method === 'GET' && (asked.get('If-Range') ?? tag) === tag
  const range = isSame ? parseRange(asked.get('Range') ?? undefined, media.size) : 'all'
  if (range === 'unsatisfiable') {
    headers.set('Content-Range', `bytes */${media.size}`)
    headers.delete('Content-Disposition')
    return new Response(null, { status: 416, headers })
  }
  const { offset, length } = range === 'all' ? { offset: 0, length: media.size } : range
  headers.set('Content-Length', String(length))
  const status = range === 'all' ? 200 : 206
  if (status === 206) {
    headers.set('Content-Range', `bytes ${offset}-${offset + length - 1}/${media.size}`)
  }
  if (method === 'HEAD') return new Response(null, { status, headers })
  const object = await bindings.MEDIA.get(mediaKey(media.id), {
    range: { offset, length },
  })
  if (!object) throw new ApiError('not_found', 'There is no such media.')
  return new Response(object.body, { status, headers })
}

/** Serves a scaled picture, ignoring `Range`; null when there is no thumbnail and the original is served. */
async function thumbnailOf(
  bindings: ThumbnailBindings,
  { headers: asked }: Request,
  media: Media,
  original: string,
  width: number,
): Promise<Response | null> {
  if (media.kind !== 'image') return null
  const tag = thumbnailTag(original, width)
  const name = media.name.replace(/\.[^.]*$/, '.webp')
  const headers = headersOf({ ...media, type: THUMBNAIL_TYPE, name }, tag)
  if (matchesTag(asked.get('If-None-Match'), tag))
    return new Response(null, { status: 304, headers })
  const { type, size } = media
  const bytes = await createThumbnail(bindings, { key: mediaKey(media.id), type, size }, width)
  headers.delete('Accept-Ranges')
  return bytes && new Response(bytes, { headers })
}

function headersOf({ kind, type, name }: Media, tag: string): Headers {
  return new Headers({
    'Content-Type': type,
    'Content-Disposition': create(name, {
      type: inlineKinds.includes(kind) ? 'inline' : 'attachment',
    }),
    // A script in an SVG or a PDF must not run in this origin.
    'Content-Security-Policy': "sandbox; default-src 'none'",
    'X-Content-Type-Options': 'nosniff',
    'Accept-Ranges': 'bytes',
    ETag: tag,
    // Browsers must revalidate each time, so that a removed member gets nothing, not even a 304.
    'Cache-Control': 'private, no-cache',
  })
}
