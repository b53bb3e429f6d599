import { create } from 'content-disposition'
import { ApiError } from '../errors'
import type { Media, MediaKind } from '../schemas/media'
import * as addresses from './addresses'
import type { Bucket } from './objects'
import * as ranges from './ranges'

// A plain file may be a page with a script in it: it is saved, never shown.
const shown: readonly MediaKind[] = ['image', 'video', 'audio']

/** Answers a GET or a HEAD; what needs no bytes (304, 416, HEAD) asks nothing of R2. Throws `not_found`. */
export async function answer(
  bucket: Bucket,
  { method, headers: asked }: Request,
  media: Media,
  etag: string,
): Promise<Response> {
  const tag = `"${etag}"`
  const headers = headersOf(media, tag)
  if (knows(asked.get('If-None-Match'), tag)) return new Response(null, { status: 304, headers })
  // A range of what has changed since is no use: then all of it comes.
  const isSame = (asked.get('If-Range') ?? tag) === tag
  const range = isSame ? ranges.parse(asked.get('Range') ?? undefined, media.size) : 'all'
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
  const object = await bucket.get(addresses.keyOf(media.id), { range: { offset, length } })
  if (!object) throw new ApiError('not_found', 'There is no such media.')
  return new Response(object.body, { status, headers })
}

function headersOf({ kind, type, name }: Media, tag: string): Headers {
  return new Headers({
    'Content-Type': type,
    'Content-Disposition': create(name, { type: shown.includes(kind) ? 'inline' : 'attachment' }),
    // A script in an SVG or a PDF runs nowhere near this origin.
    'Content-Security-Policy': "sandbox; default-src 'none'",
    'X-Content-Type-Options': 'nosniff',
    'Accept-Ranges': 'bytes',
    ETag: tag,
    // The room is asked again each time: whoever was removed gets nothing, not even a 304.
    'Cache-Control': 'private, no-cache',
  })
}

const knows = (header: string | null, tag: string) =>
  header !== null && (header.trim() === '*' || (header.match(/"[^"]*"/g)?.includes(tag) ?? false))
