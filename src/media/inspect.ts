import type { Media, MediaKind } from '../schemas/media'
import { detectType } from './detect-type'
import { safeFilename } from './filenames'
import { readImageSize, UNKNOWN_SIZE } from './image-size'
import { assertSize } from './limits'
import { readVideoMetadata } from './read-video-metadata'

/** What the client says about the bytes it sends. */
export interface DeclaredMedia {
  type: string
  size: number
  name: string | undefined
  thumbHash: string | undefined
}

/** What the bytes and the client tell about media, before a room accepts it. */
export type MediaMetadata = Omit<Media, 'id' | 'url' | 'createdAt'>

/** Detects type and dimensions from the first bytes. Throws `unsupported_type`, `too_large`, `invalid`. */
export async function inspectMedia(
  head: Uint8Array,
  declared: DeclaredMedia,
  env: Parameters<typeof assertSize>[0],
): Promise<MediaMetadata> {
  const { kind, type, format } = await detectType(head, declared.type)
  assertSize(env, kind, declared.size)
  return {
    kind,
    type,
    name: safeFilename(declared.name, format),
    size: declared.size,
    ...readDimensions(head, kind, type),
    thumbHash: declared.thumbHash ?? null,
  }
}

function readDimensions(head: Uint8Array, kind: MediaKind, type: string) {
  const unknown = { ...UNKNOWN_SIZE, duration: null }
  if (kind === 'image') return { ...unknown, ...readImageSize(head) }
  // M4A uses the same container as MP4 video.
  const hasVideoContainer = kind === 'video' || type === 'audio/mp4'
  return hasVideoContainer ? { ...unknown, ...readVideoMetadata(head, type) } : unknown
}
