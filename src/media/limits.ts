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

/** Throws `too_large`; before the kind is known, for what is more than any kind may have. */
export function assertSize(variables: Variables, kind: MediaKind | undefined, size: number): void {
  const names = kind ? [variableOf[kind]] : Object.values(variableOf)
  const megabytes = Math.max(...names.map((name) => Number(variables[name])))
  if (size > megabytes * MEGABYTE) {
    const what = kind ? `This kind (${kind})` : 'An upload'
    throw new ApiError('too_large', `${what} has at most ${megabytes} megabytes.`)
  }
}

/** Throws `unsupported_type` for a plain file where the room takes none. */
export function assertKind(kind: MediaKind, plainFiles: boolean): void {
  if (kind !== 'file' || plainFiles) return
  throw new ApiError('unsupported_type', 'This room takes photos, videos, sound and PDF only.')
}

/** How many bytes one user may upload in a day. */
export const bytesPerDay = (variables: Variables): number =>
  Number(variables.MEDIA_MEGABYTES_PER_DAY) * MEGABYTE
