import { isSupported, Upload } from 'tus-js-client'
import { pause, waitOf } from './connection/back-off'
import { refusalOf } from './connection/http'
import { ProblemError } from './connection/problem-error'
import type { Media } from './protocol'
import type { Room } from './room'

/** What a browser's file picker, a clipboard or a canvas gives, or bytes such as a `Buffer` of Node. */
export type Uploadable = Blob | Uint8Array<ArrayBuffer>

type Place = Pick<Room, 'chat' | 'find' | 'path'>

export interface UploadOptions {
  /** The name of the file, where it is no `File`. */
  name?: string
  /** Its media type, where the file does not say it. Without one the service finds it out from the bytes. */
  type?: string
  /** A blurred placeholder, to be shown while the picture loads: https://evanw.github.io/thumbhash/ in base64url. */
  thumbHash?: string
  /** Cancels the upload; what has arrived is deleted. */
  signal?: AbortSignal
  onProgress?: (sent: number, total: number) => void
  /** From how many bytes on the upload can be resumed, which takes a request more. 1 MB unless you say otherwise. */
  resumableFrom?: number
}

const RESUMABLE_FROM = 1_000_000
/** Two of the service's parts. A proxy may refuse a large request, and each is in memory once. */
const CHUNK_BYTES = 10 * 1024 * 1024
/** Ten minutes without a network. Each chunk that arrives begins anew. */
const RETRY_MS = [0, 1_000, 3_000, 5_000, 10_000, ...Array<number>(20).fill(30_000)]
const ATTEMPTS = 5

/**
 * Uploads a file to a room and answers the id that `attachments` of a message takes. A large one goes on where it was
 * cut, also after the page was closed, if the same user picks the same file again. Throws a `ProblemError` for a refusal,
 * and the reason of the `signal` where that cancelled it.
 */
export async function upload(
  room: Place,
  file: Uploadable,
  options: UploadOptions = {},
): Promise<Media['id']> {
  options.signal?.throwIfAborted()
  await room.find()
  const isLarge = sizeOf(file) >= (options.resumableFrom ?? RESUMABLE_FROM)
  return isLarge && isSupported ? resumable(room, file, options) : single(room, file, options)
}

async function single(
  room: Place,
  file: Uploadable,
  { thumbHash, signal, onProgress, ...given }: UploadOptions,
): Promise<string> {
  const { name, type } = described(file, given)
  const headers = {
    'Content-Type': type || 'application/octet-stream',
    ...(name ? { 'Content-Disposition': `attachment; filename*=UTF-8''${escaped(name)}` } : {}),
  }
  const path = room.path(`media${thumbHash ? `?thumbHash=${thumbHash}` : ''}`)
  const size = sizeOf(file)
  onProgress?.(0, size)
  for (let attempt = 1; ; attempt += 1) {
    try {
      const sent = { headers, ...(signal ? { signal } : {}) }
      const { id } = await room.chat.request<Media>('POST', path, file, sent)
      onProgress?.(size, size)
      return id
    } catch (error) {
      // What arrived without an answer is used by no message, and removed by the service.
      const isTemporary = !(error instanceof ProblemError) || error.isTemporary
      if (signal?.aborted || !isTemporary || attempt === ATTEMPTS) throw error
      await pause(waitOf(room.chat.backOff, attempt))
    }
  }
}

function resumable(
  room: Place,
  file: Uploadable,
  { thumbHash, signal, onProgress, ...given }: UploadOptions,
): Promise<string> {
  const { name, type, lastModified } = described(file, given)
  const { chat } = room
  const endpoint = chat.address + room.path('uploads')
  let token = ''
  return new Promise((resolve, reject) => {
    const sent = new Upload(file as Blob, {
      endpoint,
      chunkSize: CHUNK_BYTES,
      retryDelays: RETRY_MS,
      metadata: {
        ...(name ? { filename: name } : {}),
        ...(type ? { filetype: type } : {}),
        ...(thumbHash ? { thumbHash } : {}),
      },
      fileReader: { openFile: async (input: Uploadable) => new Source(input) },
      // Only a file is known again.
      fingerprint: async () => {
        // Who somebody is, is known with the token.
        await chat.session.token()
        const known = [endpoint, chat.userId, name, type, sizeOf(file), lastModified]
        return (lastModified && known.join(' ')) as string
      },
      removeFingerprintOnSuccess: true,
      onBeforeRequest: async (request) => {
        token = await chat.session.token()
        request.setHeader('Authorization', `Bearer ${token}`)
      },
      // Not as tus-js-client has it: offline is no reason to give up.
      onShouldRetry: ({ originalResponse }) => {
        const status = originalResponse?.getStatus() ?? 0
        if (status === 401) chat.session.replace(token).catch(() => {})
        return [401, 409, 423, 429].includes(status) || status < 400 || status >= 500
      },
      ...(onProgress ? { onProgress } : {}),
      onSuccess: () => {
        signal?.removeEventListener('abort', cancel)
        resolve(sent.url?.split('/').at(-1) ?? '')
      },
      onError: (error) => {
        signal?.removeEventListener('abort', cancel)
        const answer = 'originalResponse' in error ? error.originalResponse : null
        reject(answer ? refusalOf(answer.getStatus(), answer.getBody()) : error)
      },
    })
    const cancel = () => {
      // The service forgets it by itself after a day.
      sent.abort(true).catch(() => {})
      reject(signal?.reason)
    }
    signal?.addEventListener('abort', cancel)
    sent.findPreviousUploads().then(([before]) => {
      if (before) sent.resumeFromPreviousUpload(before)
      if (!signal?.aborted) sent.start()
    }, reject)
  })
}

/** Bytes for tus-js-client, whose own readers take a `Blob` in browsers only and bytes in Node only. */
class Source {
  readonly size: number

  constructor(readonly file: Uploadable) {
    this.size = sizeOf(file)
  }

  async slice(from: number, to: number) {
    const part = this.file.slice(from, to)
    const bytes = part instanceof Blob ? new Uint8Array(await part.arrayBuffer()) : part
    // It asks for `size`, which bytes have by another name.
    return { value: Object.assign(bytes, { size: bytes.length }), done: to >= this.size }
  }

  close(): void {}
}

const sizeOf = (file: Uploadable) => (file instanceof Blob ? file.size : file.byteLength)

function described(file: Uploadable, given: { name?: string; type?: string }) {
  const known: Partial<File> = file instanceof Blob ? file : {}
  const { name = known.name, type = known.type } = given
  return { name, type, lastModified: known.lastModified }
}

/** As RFC 8187 wants it. */
const escaped = (name: string) =>
  encodeURIComponent(name).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`)
