import { waitUntil } from 'cloudflare:workers'
import { rootOf } from '../errors'
import { type Bucket, objectSource } from './bucket'
import { isAnimated } from './containers/read-picture'

export interface ThumbnailBindings {
  MEDIA: Bucket
  /** Optional. Without it, originals are served. */
  IMAGES?: ImagesBinding | undefined
}

const CACHE_SECONDS = 24 * 60 * 60
// No GIF: it may be animated, and a WebP of it is not always smaller. What else moves is found by its first bytes.
const SOURCE_TYPES = ['image/jpeg', 'image/png', 'image/webp', 'image/avif', 'image/heic']

export const THUMBNAIL_TYPE = 'image/webp'

/** A stored picture. */
interface Original {
  key: string
  type: string
  size: number
}

/**
 * Scales a picture to at most `width` and converts it to WebP. Returns null when it cannot; serve the
 * original then. Each transformation costs money, so the local cache keeps the result for a day. The
 * caller has checked that the reader may see the picture.
 */
export async function createThumbnail(
  { MEDIA, IMAGES }: ThumbnailBindings,
  { key, type, size }: Original,
  width: number,
): Promise<ArrayBuffer | null> {
  if (!IMAGES || !SOURCE_TYPES.includes(type)) return null
  const cacheUrl = `https://thumbnails.invalid/${key}/${width}`
  const cached = await caches.default.match(cacheUrl)
  if (cached) return cached.arrayBuffer()
  // It would be made still.
  if (await isAnimated(objectSource(MEDIA, key, size), type)) return null
  const object = await MEDIA.get(key)
  if (!object) return null
  try {
    const picture = IMAGES.input(object.body).transform({ width, fit: 'scale-down' })
    const bytes = await (await picture.output({ format: THUMBNAIL_TYPE })).response().arrayBuffer()
    const headers = { 'Cache-Control': `max-age=${CACHE_SECONDS}` }
    waitUntil(caches.default.put(cacheUrl, new Response(bytes, { headers })))
    return bytes
  } catch (error) {
    console.error({ level: 'error', work: 'thumbnail', key, message: rootOf(error).message })
    return null
  }
}

/** Derives a thumbnail's ETag from its original's. */
export const thumbnailTag = (tag: string, width: number): string => tag.replace(/"$/, `-${width}"`)
