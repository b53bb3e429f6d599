import { waitUntil } from 'cloudflare:workers'
import type { Bucket } from './bucket'

export interface ThumbnailBindings {
  MEDIA: Bucket
  /** Left out of the configuration: then there are originals only. */
  IMAGES?: ImagesBinding | undefined
}

const KEPT_SECONDS = 24 * 60 * 60
// A GIF may move, and what it would become is not always smaller.
const sources = ['image/jpeg', 'image/png', 'image/webp', 'image/avif', 'image/heic']

export const THUMBNAIL_TYPE = 'image/webp'

/**
 * A picture as WebP and no wider than this; null where it cannot be made: then the original has to do. What
 * was made is kept for a day where it was made, because each costs; whoever calls this has asked who may see it.
 */
export async function createThumbnail(
  { MEDIA, IMAGES }: ThumbnailBindings,
  key: string,
  type: string,
  width: number,
): Promise<ArrayBuffer | null> {
  if (!IMAGES || !sources.includes(type)) return null
  const place = `https://renditions.invalid/${key}/${width}`
  const kept = await caches.default.match(place)
  if (kept) return kept.arrayBuffer()
  const object = await MEDIA.get(key)
  if (!object) return null
  try {
    const picture = IMAGES.input(object.body).transform({ width, fit: 'scale-down' })
    const bytes = await (await picture.output({ format: THUMBNAIL_TYPE })).response().arrayBuffer()
    const headers = { 'Cache-Control': `max-age=${KEPT_SECONDS}` }
    waitUntil(caches.default.put(place, new Response(bytes, { headers })))
    return bytes
  } catch (error) {
    console.error({ level: 'error', work: 'rendition', key, message: String(error) })
    return null
  }
}

/** The entity tag of a rendition, by that of its original. */
export const thumbnailTag = (tag: string, width: number): string => tag.replace(/"$/, `-${width}"`)
