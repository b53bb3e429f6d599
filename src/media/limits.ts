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

const SUBJECTS: Record<MediaKind, string> = {
  image: 'A picture',
  video: 'A video',
  audio: 'An audio file',
  document: 'A PDF',
  file: 'A file',
}

/** The largest size that any kind may have. */
export const maxBytes = (variables: Variables): number =>
  Math.max(...Object.values(variableOf).map((name) => Number(variables[name]))) * MEGABYTE

/** Throws `too_large` above the kind's limit, or above the largest limit while the kind is unknown. */
export function assertSize(variables: Variables, kind: MediaKind | undefined, size: number): void {
  const megabytes = kind ? Number(variables[variableOf[kind]]) : maxBytes(variables) / MEGABYTE
  if (size > megabytes * MEGABYTE) {
    const subject = kind ? SUBJECTS[kind] : 'An upload'
    throw new ApiError('too_large', `${subject} can be at most ${megabytes} MB.`)
  }
}

/** Throws `unsupported_type` for a plain file in a room that accepts none. */
export function assertKind(kind: MediaKind, plainFiles: boolean): void {
  if (kind !== 'file' || plainFiles) return
  throw new ApiError(
    'unsupported_type',
    'This room accepts only pictures, videos, audio and PDF files.',
  )
}

/** How many bytes one user may upload in a day. */
export const bytesPerDay = (variables: Variables): number =>
  Number(variables.MEDIA_MEGABYTES_PER_DAY) * MEGABYTE
