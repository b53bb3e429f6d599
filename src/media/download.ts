import { create } from 'content-disposition'
import { ApiError } from '../errors'
import type { Media, MediaKind } from '../schemas/media'
import { mediaKey } from './object-keys'
import { parseRange } from './ranges'
import { createThumbnail, THUMBNAIL_TYPE, type ThumbnailBindings, thumbnailTag } from './thumbnails'

// A plain file may be a page with a script in it: it is saved, never shown.
const inlineKinds: readonly MediaKind[] = ['image', 'video', 'audio']

/** Answers a GET or a HEAD; what needs no bytes (304, 416, HEAD) asks nothing of R2. Throws `not_found`. */
export async function serveMedia(
  services: ThumbnailBindings,
  request: Request,
  media: Media,
  etag: string,
  width: number | undefined,
): Promise<Response> {
  const tag = `"${etag}"`
  const narrow =
    width === undefined ? null : await thumbnailOf(services, request, media, tag, width)
  if (narrow) return narrow
  const { method, headers: asked } = request
  const headers = headersOf(media, tag)
  if (matchesTag(asked.get('If-None-Match'), tag))
    return new Response(null, { status: 304, headers })
  // A range of what has changed since is no use: then all of it comes.
  const isSame = (asked.get('If-Range') ?? tag) === tag
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
  const object = await services.MEDIA.get(mediaKey(media.id), {
    range: { offset, length },
  })
  if (!object) throw new ApiError('not_found', 'There is no such media.')
  return new Response(object.body, { status, headers })
}

/** A picture no wider than asked, all of it whatever the range; null where the original has to do. */
async function thumbnailOf(
  services: ThumbnailBindings,
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
  const bytes = await createThumbnail(services, mediaKey(media.id), media.type, width)
  headers.delete('Accept-Ranges')
  return bytes && new Response(bytes, { headers })
}

function headersOf({ kind, type, name }: Media, tag: string): Headers {
  return new Headers({
    'Content-Type': type,
    'Content-Disposition': create(name, {
      type: inlineKinds.includes(kind) ? 'inline' : 'attachment',
    }),
    // A script in an SVG or a PDF runs nowhere near this origin.
    'Content-Security-Policy': "sandbox; default-src 'none'",
    'X-Content-Type-Options': 'nosniff',
    'Accept-Ranges': 'bytes',
    ETag: tag,
    // The room is asked again each time: whoever was removed gets nothing, not even a 304.
    'Cache-Control': 'private, no-cache',
  })
}

const matchesTag = (header: string | null, tag: string) =>
  header !== null && (header.trim() === '*' || (header.match(/"[^"]*"/g)?.includes(tag) ?? false))
