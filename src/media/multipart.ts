import { ApiError } from '../errors'
import { type Bucket, removePrefixPage } from './bucket'
import type { MediaMetadata } from './inspect'
import { JpegGpsEraser } from './jpeg-gps'
import { mediaKey } from './object-keys'
import { type Chunk, chunkKey, lengthOf } from './upload-chunks'

/** R2's minimum; all parts but the last must have the same size. A request holds at most two in memory. */
export const PART_BYTES = 5 * 1024 * 1024

/** Progress of an upload. R2 holds all bytes up to `offset`: whole parts, then chunks that are less than a part together. */
export interface MultipartState {
  offset: number
  /** ETags of the uploaded parts, in order. */
  parts: string[]
  /** R2's id of the multipart upload; null before the first part. */
  multipart: string | null
  /** Behind the parts, in order. */
  chunks: Chunk[]
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

/** Stores the bytes behind the first `kept` chunks as one chunk, which takes the place of the others. */
export async function saveChunk(
  bucket: Bucket,
  upload: MultipartUpload,
  bytes: Uint8Array,
  { kept, save }: { kept: number; save: MultipartCallbacks['save'] },
): Promise<void> {
  const { id, attempt } = upload
  const key = chunkKey(id, attempt)
  await bucket.put(key, bytes)
  const chunks = [...upload.chunks.slice(0, kept), { attempt, bytes: bytes.length }]
  const offset = upload.parts.length * PART_BYTES + lengthOf(chunks)
  await saveState(bucket, upload, { offset, chunks }, save).catch(async (error: unknown) => {
    if (isRefusal(error)) await bucket.delete(key)
    throw error
  })
}

/** Stores a full part or the last one, the bytes of the chunks included. Inspects the first. */
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
  const change = { offset, parts, metadata, multipart: multipart.uploadId, chunks: [] }
  await saveState(bucket, upload, change, save).catch(async (error: unknown) => {
    // No one else knows the id of this multipart upload.
    if (!upload.multipart && isRefusal(error)) await multipart.abort()
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
  const { offset, parts, multipart, chunks, metadata } = upload
  const state = { offset, parts, multipart, chunks, metadata, ...change }
  await save(state)
  Object.assign(upload, state)
  // The old chunks are needed until the room has saved the new state.
  const dropped = chunks.filter((chunk) => !state.chunks.includes(chunk))
  if (dropped.length > 0) {
    await bucket.delete(dropped.map(({ attempt }) => chunkKey(upload.id, attempt)))
  }
}

// A room that cannot be reached may have saved the state, and what the state names must stay. What nobody names goes
// when the upload ends.
const isRefusal = (error: unknown): boolean =>
  error instanceof ApiError && error.code !== 'unavailable'

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
