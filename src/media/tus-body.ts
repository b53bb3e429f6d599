import { ApiError, type Code } from '../errors'
import type { Bucket } from './bucket'
import { GrowingBuffer } from './growing-buffer'
import {
  completeMultipart,
  type MultipartCallbacks,
  type MultipartUpload,
  PART_BYTES,
  saveChunk,
  savePart,
} from './multipart'
import { keptChunks, lengthOf, loadChunks } from './upload-chunks'

interface TusCallbacks extends MultipartCallbacks {
  /** Tells the room that all bytes are one object with this ETag. */
  finish: (etag: string) => Promise<unknown>
  /** Cancels an upload whose bytes are not what the client declared. */
  refuse: () => Promise<unknown>
}

/**
 * Appends the body of a request to an upload and completes it with the last byte. Without a body it
 * completes an upload whose last request died before it could. Throws `unsupported_type`, `invalid`,
 * `too_large` and `gone`, each of which ends the upload.
 */
export async function receiveTusBody(
  bucket: Bucket,
  upload: MultipartUpload,
  body: ReadableStream<Uint8Array> | null,
  ports: TusCallbacks,
): Promise<void> {
  const reader = body && new ImpatientReader(body)
  try {
    if (reader) await append(bucket, upload, reader, ports)
  } catch (error) {
    const isFatal = error instanceof ApiError && FATAL.includes(error.code)
    if (isFatal) await ports.refuse().catch(() => {})
    throw error
  } finally {
    reader?.stop()
  }
  if (upload.offset === upload.length) await ports.finish(await completeMultipart(bucket, upload))
}

// All reads reuse one buffer. A new one for each read makes garbage faster than it is collected.
const READ_BYTES = 64 * 1024

/** A client that sends nothing for so long is gone: what it holds here goes to those who send. */
export const SILENCE_MS = 20_000

/** Reads a body until its end, or until its client breaks off or falls silent. */
class ImpatientReader {
  readonly #reader: ReadableStreamBYOBReader
  readonly #timer: ReturnType<typeof setInterval>
  #heardAt = Date.now()

  constructor(body: ReadableStream<Uint8Array>) {
    this.#reader = body.getReader({ mode: 'byob' })
    this.#timer = setInterval(() => {
      if (Date.now() - this.#heardAt >= SILENCE_MS) void this.cancel()
    }, SILENCE_MS / 4)
  }

  async read(view: Uint8Array<ArrayBuffer>) {
    // A failed read means that the client is gone, so there is no one to report it to.
    const gone = { value: undefined, done: true }
    const result = await this.#reader.read(view).catch(() => gone)
    this.#heardAt = Date.now()
    return result
  }

  cancel = (): Promise<void> => this.#reader.cancel().catch(() => {})

  stop(): void {
    clearInterval(this.#timer)
  }
}

const FATAL: readonly Code[] = ['unsupported_type', 'invalid', 'too_large', 'gone']

/**
 * Cuts the bytes into parts and stores the rest as a chunk. When the connection breaks, it stores what
 * arrived, and the client resumes from there. Throws `too_large` for more bytes than declared.
 */
async function append(
  bucket: Bucket,
  upload: MultipartUpload,
  body: ImpatientReader,
  ports: MultipartCallbacks,
): Promise<void> {
  let [buffer, spare] = [new GrowingBuffer(PART_BYTES), new GrowingBuffer(PART_BYTES)]
  // Where the next byte goes. The parts end at multiples of their size.
  let { offset } = upload
  // One part is stored while the next one arrives.
  let saving = Promise.resolve()
  let view = new Uint8Array(READ_BYTES)
  for (;;) {
    const { value, done } = await body.read(view)
    if (done || !value) break
    if (offset + value.length > upload.length) {
      await Promise.all([body.cancel(), saving])
      throw new ApiError(
        'too_large',
        `This upload was declared as ${upload.length} bytes, but more were sent.`,
      )
    }
    for (let rest = value; rest.length > 0; ) {
      const taken = rest.subarray(0, PART_BYTES - (offset % PART_BYTES))
      buffer.push(taken)
      offset += taken.length
      rest = rest.subarray(taken.length)
      if (offset % PART_BYTES !== 0) continue
      await saving
      await prependChunks(bucket, upload, 0, buffer)
      saving = savePart(bucket, upload, buffer.bytes, ports)
      saving.catch(() => {})
      ;[buffer, spare] = [spare, buffer]
      buffer.clear()
    }
    view = new Uint8Array(value.buffer)
  }
  await saving
  if (offset === upload.offset) return
  const isLast = offset === upload.length
  const kept = isLast ? 0 : keptChunks(upload.chunks, buffer.bytes.length)
  await prependChunks(bucket, upload, kept, buffer)
  if (isLast) await savePart(bucket, upload, buffer.bytes, ports)
  else await saveChunk(bucket, upload, buffer.bytes, { kept, save: ports.save })
}

/** Puts the stored chunks in front of the bytes, all but the first `kept`. */
async function prependChunks(
  bucket: Bucket,
  upload: MultipartUpload,
  kept: number,
  buffer: GrowingBuffer,
): Promise<void> {
  const chunks = upload.chunks.slice(kept)
  await loadChunks(bucket, upload.id, chunks, buffer.unshift(lengthOf(chunks)))
}
