import type { Media, MediaKind } from '../schemas/media'
import { detectType } from './detect-type'
import { safeFilename } from './filenames'
import { readImageSize, UNKNOWN_SIZE } from './image-size'
import { assertSize } from './limits'
import { readVideoMetadata } from './video-metadata'

/** What someone says of the bytes they send. */
export interface DeclaredMedia {
  type: string
  size: number
  name: string | undefined
  thumbHash: string | undefined
}

/** What is known of media before a room takes it. */
export type MediaMetadata = Omit<Media, 'id' | 'url' | 'createdAt'>

/** Looks at the first bytes. Throws `unsupported_type`, `too_large`, `invalid`. */
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
    ...measure(head, kind, type),
    thumbHash: declared.thumbHash ?? null,
  }
}

function measure(head: Uint8Array, kind: MediaKind, type: string) {
  const unknown = { ...UNKNOWN_SIZE, duration: null }
  if (kind === 'image') return { ...unknown, ...readImageSize(head) }
  // M4A has the container of films.
  const isFilm = kind === 'video' || type === 'audio/mp4'
  return isFilm ? { ...unknown, ...readVideoMetadata(head, type) } : unknown
}
