import { ApiError } from '../errors'
import { type Bucket, sweep } from './bucket'
import type { Draft } from './inspect'
import { Eraser } from './jpeg-gps'
import * as addresses from './object-keys'

/** R2 takes equal parts of at least this; one upload holds two of them in memory at most. */
export const PART_BYTES = 5 * 1024 * 1024

/** How far an upload is. All bytes up to `offset` are in R2: whole parts, then a remainder. */
export interface Progress {
  offset: number
  /** Entity tags of the parts in R2's multipart upload, in order. */
  parts: string[]
  multipart: string | null
  /** The attempt that wrote the remainder as an object of its own; 0 when there is none. */
  tail: number
  /** Known from the first part on. */
  draft: Draft | null
}

/** An upload as one attempt to go on with it found it. */
export interface Upload extends Progress {
  id: string
  length: number
  /** Counts those who tried; only the last may save what it did. */
  attempt: number
}

/** How the parts of an upload reach R2, and the room hears of each. */
export interface Ports {
  inspect: (head: Uint8Array) => Promise<Draft>
  save: (progress: Progress) => Promise<unknown>
}

// A remainder never overwrites another's: who was overtaken while writing does no harm.
export const tailOf = (id: string, attempt: number) => `${addresses.keyOf(id)}.${attempt}`

/** The remainder of an upload at the start of a buffer for one part. Throws `gone` when R2 lost it. */
export async function load(bucket: Bucket, upload: Upload): Promise<Uint8Array<ArrayBuffer>> {
  const buffer = new Uint8Array(PART_BYTES)
  if (upload.tail === 0) return buffer
  const object = await bucket.get(tailOf(upload.id, upload.tail))
  if (!object) throw new ApiError('gone', 'This upload lost its bytes; start again.')
  buffer.set(new Uint8Array(await object.arrayBuffer()))
  return buffer
}

/** Stores what is no whole part yet. */
export async function saveTail(
  bucket: Bucket,
  upload: Upload,
  bytes: Uint8Array,
  save: Ports['save'],
): Promise<void> {
  const key = tailOf(upload.id, upload.attempt)
  await bucket.put(key, bytes)
  const offset = upload.parts.length * PART_BYTES + bytes.length
  try {
    await advance(bucket, upload, { offset, tail: upload.attempt }, save)
  } catch (error) {
    await bucket.delete(key)
    throw error
  }
}

/** Stores a whole part, or the last one. The first tells what the bytes are. */
export async function savePart(
  bucket: Bucket,
  upload: Upload,
  bytes: Uint8Array,
  { inspect, save }: Ports,
): Promise<void> {
  const draft = upload.draft ?? (await inspect(bytes))
  if (upload.parts.length === 0 && draft.type === 'image/jpeg') erase(bytes, upload.length)
  const key = addresses.keyOf(upload.id)
  const multipart = upload.multipart
    ? bucket.resumeMultipartUpload(key, upload.multipart)
    : await bucket.createMultipartUpload(key)
  const { etag } = await multipart.uploadPart(upload.parts.length + 1, bytes)
  const offset = upload.parts.length * PART_BYTES + bytes.length
  const parts = [...upload.parts, etag]
  const change = { offset, parts, draft, multipart: multipart.uploadId, tail: 0 }
  await advance(bucket, upload, change, save).catch(async (error: unknown) => {
    // Refused: then nobody knows of it.
    if (!upload.multipart && error instanceof ApiError) await multipart.abort()
    throw error
  })
}

/** Makes one object of all parts and answers its entity tag; again is harmless. */
export async function join(bucket: Bucket, { id, parts, multipart }: Upload): Promise<string> {
  const key = addresses.keyOf(id)
  const done = await bucket.head(key)
  if (done) return done.etag
  if (!multipart) throw new Error('An upload without parts cannot be complete.')
  const etags = parts.map((etag, index) => ({ partNumber: index + 1, etag }))
  return (await bucket.resumeMultipartUpload(key, multipart).complete(etags)).etag
}

/** Removes what an upload has in R2; what it became stays when it is to be kept. Again is harmless. */
export async function discard(
  bucket: Bucket,
  { id, multipart }: Pick<Upload, 'id' | 'multipart'>,
  keepsObject: boolean,
): Promise<void> {
  const key = addresses.keyOf(id)
  while (await sweep(bucket, `${key}.`));
  if (keepsObject) return
  // One that is over already cannot be aborted, and need not be.
  if (multipart)
    await bucket
      .resumeMultipartUpload(key, multipart)
      .abort()
      .catch(() => {})
  await bucket.delete(key)
}

async function advance(
  bucket: Bucket,
  upload: Upload,
  change: Partial<Progress>,
  save: Ports['save'],
): Promise<void> {
  const { offset, parts, multipart, tail, draft } = upload
  const before = tail
  const progress = { offset, parts, multipart, tail, draft, ...change }
  await save(progress)
  Object.assign(upload, progress)
  // Only now does nobody need it.
  if (before !== 0 && before !== progress.tail) await bucket.delete(tailOf(upload.id, before))
}

function erase(bytes: Uint8Array, length: number): void {
  const eraser = new Eraser()
  eraser.pass(bytes)
  if (eraser.isDone) return
  if (length <= bytes.length) eraser.end()
  throw new ApiError('invalid', 'The header of this picture is longer than a part.')
}
