import { ApiError } from '../errors'
import { type Bucket, removePrefixPage } from './bucket'
import type { MediaMetadata } from './inspect'
import { JpegGpsEraser } from './jpeg-gps'
import { mediaKey } from './object-keys'

/** R2's minimum; all parts but the last must have the same size. An upload holds at most two in memory. */
export const PART_BYTES = 5 * 1024 * 1024

/** Progress of an upload. R2 holds all bytes up to `offset`: whole parts, then a tail shorter than a part. */
export interface MultipartState {
  offset: number
  /** ETags of the uploaded parts, in order. */
  parts: string[]
  /** R2's id of the multipart upload; null before the first part. */
  multipart: string | null
  /** The attempt that stored the tail as a separate object; 0 when there is none. */
  tail: number
  /** Detected from the first part; null before it. */
  metadata: MediaMetadata | null
}

/** An upload as one request resumed it. */
export interface MultipartUpload extends MultipartState {
  id: string
  length: number
  /** Number of the request. Only the latest may save, so a stalled one cannot overwrite its successor. */
  attempt: number
}

export interface MultipartCallbacks {
  /** Detects the metadata from the first part. */
  inspect: (head: Uint8Array) => Promise<MediaMetadata>
  /** Records the new state in the room. */
  save: (state: MultipartState) => Promise<unknown>
}

// Each attempt has a key of its own, so a superseded request cannot overwrite the tail of the current one.
export const tailKey = (id: string, attempt: number) => `${mediaKey(id)}.${attempt}`

/** Loads the tail into a buffer of one part. Throws `gone` when R2 no longer has it. */
export async function loadTail(
  bucket: Bucket,
  upload: MultipartUpload,
): Promise<Uint8Array<ArrayBuffer>> {
  const buffer = new Uint8Array(PART_BYTES)
  if (upload.tail === 0) return buffer
  const object = await bucket.get(tailKey(upload.id, upload.tail))
  if (!object) throw new ApiError('gone', 'Part of this upload was lost. Start it again.')
  buffer.set(new Uint8Array(await object.arrayBuffer()))
  return buffer
}

/** Stores the bytes that do not fill a part yet. */
export async function saveTail(
  bucket: Bucket,
  upload: MultipartUpload,
  bytes: Uint8Array,
  save: MultipartCallbacks['save'],
): Promise<void> {
  const key = tailKey(upload.id, upload.attempt)
  await bucket.put(key, bytes)
  const offset = upload.parts.length * PART_BYTES + bytes.length
  try {
    await saveState(bucket, upload, { offset, tail: upload.attempt }, save)
  } catch (error) {
    await bucket.delete(key)
    throw error
  }
}

/** Stores a full part or the last one. Inspects the first. */
export async function savePart(
  bucket: Bucket,
  upload: MultipartUpload,
  bytes: Uint8Array,
  { inspect, save }: MultipartCallbacks,
): Promise<void> {
  const metadata = upload.metadata ?? (await inspect(bytes))
  if (upload.parts.length === 0 && metadata.type === 'image/jpeg') eraseGps(bytes, upload.length)
  const key = mediaKey(upload.id)
  const multipart = upload.multipart
    ? bucket.resumeMultipartUpload(key, upload.multipart)
    : await bucket.createMultipartUpload(key)
  const { etag } = await multipart.uploadPart(upload.parts.length + 1, bytes)
  const offset = upload.parts.length * PART_BYTES + bytes.length
  const parts = [...upload.parts, etag]
  const change = { offset, parts, metadata, multipart: multipart.uploadId, tail: 0 }
  await saveState(bucket, upload, change, save).catch(async (error: unknown) => {
    // The room refused the new state, so no one else knows the id of this multipart upload.
    if (!upload.multipart && error instanceof ApiError) await multipart.abort()
    throw error
  })
}

/** Joins the parts into one object and returns its ETag. Safe to repeat. */
export async function completeMultipart(
  bucket: Bucket,
  { id, parts, multipart }: MultipartUpload,
): Promise<string> {
  const key = mediaKey(id)
  const completed = await bucket.head(key)
  if (completed) return completed.etag
  if (!multipart) throw new Error('An upload without parts cannot be complete.')
  const etags = parts.map((etag, index) => ({ partNumber: index + 1, etag }))
  return (await bucket.resumeMultipartUpload(key, multipart).complete(etags)).etag
}

/** Removes an upload from R2, except the completed object when `keepsObject`. Safe to repeat. */
export async function discardMultipart(
  bucket: Bucket,
  { id, multipart }: Pick<MultipartUpload, 'id' | 'multipart'>,
  keepsObject: boolean,
): Promise<void> {
  const key = mediaKey(id)
  while (await removePrefixPage(bucket, `${key}.`));
  if (keepsObject) return
  // Aborting fails when the upload is already completed or aborted. Both are fine.
  if (multipart)
    await bucket
      .resumeMultipartUpload(key, multipart)
      .abort()
      .catch(() => {})
  await bucket.delete(key)
}

async function saveState(
  bucket: Bucket,
  upload: MultipartUpload,
  change: Partial<MultipartState>,
  save: MultipartCallbacks['save'],
): Promise<void> {
  const { offset, parts, multipart, tail, metadata } = upload
  const state = { offset, parts, multipart, tail, metadata, ...change }
  await save(state)
  Object.assign(upload, state)
  // The old tail is needed until the room has saved the new state.
  if (tail !== 0 && tail !== state.tail) await bucket.delete(tailKey(upload.id, tail))
}

function eraseGps(bytes: Uint8Array, length: number): void {
  const eraser = new JpegGpsEraser()
  eraser.push(bytes)
  if (eraser.isPastHeader) return
  if (length <= bytes.length) eraser.end()
  throw new ApiError(
    'invalid',
    'The metadata of this picture is too large. Remove some of it and upload again.',
  )
}
