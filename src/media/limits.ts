import { ApiError } from '../errors'
import type { MediaKind } from '../schemas/media'

const MEGABYTE = 1_000_000

type Variables = Pick<
  Env,
  | 'IMAGE_MEGABYTES'
  | 'VIDEO_MEGABYTES'
  | 'AUDIO_MEGABYTES'
  | 'DOCUMENT_MEGABYTES'
  | 'FILE_MEGABYTES'
  | 'MEDIA_MEGABYTES_PER_DAY'
>

const variableOf: Record<MediaKind, keyof Variables> = {
  image: 'IMAGE_MEGABYTES',
  video: 'VIDEO_MEGABYTES',
  audio: 'AUDIO_MEGABYTES',
  document: 'DOCUMENT_MEGABYTES',
  file: 'FILE_MEGABYTES',
}

/** Throws `too_large`. */
export function check(variables: Variables, kind: MediaKind, size: number): void {
  const megabytes = Number(variables[variableOf[kind]])
  if (size > megabytes * MEGABYTE) {
    throw new ApiError('too_large', `This kind (${kind}) has at most ${megabytes} megabytes.`)
  }
}

/** Throws `unsupported_type` for a plain file where the room takes none. */
export function allow(kind: MediaKind, plainFiles: boolean): void {
  if (kind !== 'file' || plainFiles) return
  throw new ApiError('unsupported_type', 'This room takes photos, videos, sound and PDF only.')
}

/** How many bytes one user may upload into one room in a day. */
export const perDay = (variables: Variables): number =>
  Number(variables.MEDIA_MEGABYTES_PER_DAY) * MEGABYTE
