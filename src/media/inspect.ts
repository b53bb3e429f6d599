import type { Media, MediaKind } from '../schemas/media'
import { sniff } from './detect-type'
import * as names from './filenames'
import * as pictures from './image-size'
import * as limits from './limits'
import * as films from './video-metadata'

/** What someone says of the bytes they send. */
export interface Declared {
  type: string
  size: number
  name: string | undefined
  thumbHash: string | undefined
}

/** What is known of media before a room takes it. */
export type Draft = Omit<Media, 'id' | 'url' | 'createdAt'>

/** Looks at the first bytes. Throws `unsupported_type`, `too_large`, `invalid`. */
export async function inspect(
  head: Uint8Array,
  declared: Declared,
  env: Parameters<typeof limits.check>[0],
): Promise<Draft> {
  const { kind, type, format } = await sniff(head, declared.type)
  limits.check(env, kind, declared.size)
  return {
    kind,
    type,
    name: names.clean(declared.name, format),
    size: declared.size,
    ...measure(head, kind, type),
    thumbHash: declared.thumbHash ?? null,
  }
}

function measure(head: Uint8Array, kind: MediaKind, type: string) {
  const unknown = { ...pictures.UNKNOWN, duration: null }
  if (kind === 'image') return { ...unknown, ...pictures.measure(head) }
  // M4A has the container of films.
  const isFilm = kind === 'video' || type === 'audio/mp4'
  return isFilm ? { ...unknown, ...films.measure(head, type) } : unknown
}
