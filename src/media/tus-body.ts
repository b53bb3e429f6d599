import { ApiError, type Code } from '../errors'
import type { Bucket } from './bucket'
import {
  completeMultipart,
  loadTail,
  type MultipartCallbacks,
  type MultipartUpload,
  PART_BYTES,
  savePart,
  saveTail,
} from './multipart'

interface TusCallbacks extends MultipartCallbacks {
  /** All of it is one object, of this entity tag. */
  finish: (etag: string) => Promise<unknown>
  /** It is not what it was said to be: nothing of it stays. */
  refuse: () => Promise<unknown>
}

/**
 * Goes on with an upload by the bytes of a request, and ends it when they are the last; with none it ends
 * one whose last request died on the way. Throws what makes the upload end: `unsupported_type`, `invalid`,
 * `too_large`, `gone`.
 */
export async function receiveTusBody(
  bucket: Bucket,
  upload: MultipartUpload,
  body: ReadableStream<Uint8Array> | null,
  ports: TusCallbacks,
): Promise<void> {
  try {
    if (body) await append(bucket, upload, body, ports)
  } catch (error) {
    const isOver = error instanceof ApiError && fatal.includes(error.code)
    if (isOver) await ports.refuse().catch(() => {})
    throw error
  }
  if (upload.offset === upload.length) await ports.finish(await completeMultipart(bucket, upload))
}

// Read into the same memory again and again: a chunk of its own for each read is garbage faster than it is collected.
const READ_BYTES = 64 * 1024

const fatal: readonly Code[] = ['unsupported_type', 'invalid', 'too_large', 'gone']

/**
 * Takes bytes that follow those of an upload, cuts them into parts, and keeps what is left over. When they
 * break off, what came is kept, so that a resumed upload goes on from there. Throws `too_large` for more
 * bytes than declared.
 */
async function append(
  bucket: Bucket,
  upload: MultipartUpload,
  body: ReadableStream<Uint8Array>,
  ports: MultipartCallbacks,
): Promise<void> {
  let buffer = await loadTail(bucket, upload)
  let spare: typeof buffer | undefined
  let start = upload.parts.length * PART_BYTES
  let filled = upload.offset - start
  // The part before goes to R2 while the next one arrives.
  let saving = Promise.resolve()
  const bytes = body.getReader({ mode: 'byob' })
  let view = new Uint8Array(READ_BYTES)
  for (;;) {
    // Who stops sending is gone: there is nobody to tell.
    const { value, done } = await bytes.read(view).catch(() => ({ value: undefined, done: true }))
    if (done || !value) break
    if (start + filled + value.length > upload.length) {
      await Promise.all([bytes.cancel(), saving])
      throw new ApiError('too_large', `This upload has ${upload.length} bytes, no more.`)
    }
    for (let rest = value; rest.length > 0; ) {
      const taken = rest.subarray(0, PART_BYTES - filled)
      buffer.set(taken, filled)
      filled += taken.length
      rest = rest.subarray(taken.length)
      if (filled < PART_BYTES) continue
      await saving
      saving = savePart(bucket, upload, buffer, ports)
      saving.catch(() => {})
      ;[buffer, spare] = [spare ?? new Uint8Array(PART_BYTES), buffer]
      start += PART_BYTES
      filled = 0
    }
    view = new Uint8Array(value.buffer)
  }
  await saving
  if (start + filled === upload.offset) return
  const left = buffer.subarray(0, filled)
  const isLast = start + filled === upload.length
  if (isLast) await savePart(bucket, upload, left, ports)
  else await saveTail(bucket, upload, left, ports.save)
}
