import { ApiError } from '../errors'
import { type Bucket, removePrefixPage } from './bucket'
import type { MediaMetadata } from './inspect'
import { JpegGpsEraser } from './jpeg-gps'
import { mediaKey } from './object-keys'

/** R2 takes equal parts of at least this; one upload holds two of them in memory at most. */
export const PART_BYTES = 5 * 1024 * 1024

/** How far an upload is. All bytes up to `offset` are in R2: whole parts, then a remainder. */
export interface MultipartState {
  offset: number
  /** Entity tags of the parts in R2's multipart upload, in order. */
  parts: string[]
  multipart: string | null
  /** The attempt that wrote the remainder as an object of its own; 0 when there is none. */
  tail: number
  /** Known from the first part on. */
  metadata: MediaMetadata | null
}

/** An upload as one attempt to go on with it found it. */
export interface MultipartUpload extends MultipartState {
  id: string
  length: number
  /** Counts those who tried; only the last may save what it did. */
  attempt: number
}

/** How the parts of an upload reach R2, and the room hears of each. */
export interface MultipartCallbacks {
  inspect: (head: Uint8Array) => Promise<MediaMetadata>
  save: (progress: MultipartState) => Promise<unknown>
}

// A remainder never overwrites another's: who was overtaken while writing does no harm.
export const tailKey = (id: string, attempt: number) => `${mediaKey(id)}.${attempt}`

/** The remainder of an upload at the start of a buffer for one part. Throws `gone` when R2 lost it. */
export async function loadTail(
  bucket: Bucket,
  upload: MultipartUpload,
): Promise<Uint8Array<ArrayBuffer>> {
  const buffer = new Uint8Array(PART_BYTES)
  if (upload.tail === 0) return buffer
  const object = await bucket.get(tailKey(upload.id, upload.tail))
  if (!object) throw new ApiError('gone', 'This upload lost its bytes; start again.')
  buffer.set(new Uint8Array(await object.arrayBuffer()))
  return buffer
}

/** Stores what is no whole part yet. */
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

/** Stores a whole part, or the last one. The first tells what the bytes are. */
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
    // Refused: then nobody knows of it.
    if (!upload.multipart && error instanceof ApiError) await multipart.abort()
    throw error
  })
}

/** Makes one object of all parts and answers its entity tag; again is harmless. */
export async function completeMultipart(
  bucket: Bucket,
  { id, parts, multipart }: MultipartUpload,
): Promise<string> {
  const key = mediaKey(id)
  const done = await bucket.head(key)
  if (done) return done.etag
  if (!multipart) throw new Error('An upload without parts cannot be complete.')
  const etags = parts.map((etag, index) => ({ partNumber: index + 1, etag }))
  return (await bucket.resumeMultipartUpload(key, multipart).complete(etags)).etag
}

/** Removes what an upload has in R2; what it became stays when it is to be kept. Again is harmless. */
export async function discardMultipart(
  bucket: Bucket,
  { id, multipart }: Pick<MultipartUpload, 'id' | 'multipart'>,
  keepsObject: boolean,
): Promise<void> {
  const key = mediaKey(id)
  while (await removePrefixPage(bucket, `${key}.`));
  if (keepsObject) return
  // One that is over already cannot be aborted, and need not be.
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
  const before = tail
  const progress = { offset, parts, multipart, tail, metadata, ...change }
  await save(progress)
  Object.assign(upload, progress)
  // Only now does nobody need it.
  if (before !== 0 && before !== progress.tail) await bucket.delete(tailKey(upload.id, before))
}

function eraseGps(bytes: Uint8Array, length: number): void {
  const eraser = new JpegGpsEraser()
  eraser.push(bytes)
  if (eraser.isPastHeader) return
  if (length <= bytes.length) eraser.end()
  throw new ApiError('invalid', 'The header of this picture is longer than a part.')
}
