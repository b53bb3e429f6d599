import { DefaultHttpStack, type HttpStack, isSupported, Upload } from 'tus-js-client'
import type { Transfer } from './chat-options'
import { refusalOf } from './connection/http'
import type { Media } from './protocol'
import {
  described,
  type Place,
  RESUMABLE_FROM,
  sizeOf,
  type Uploadable,
  type UploadOptions,
  uploadAtOnce,
} from './single-upload'

export type { Uploadable, UploadOptions } from './single-upload'

/** Two of the service's parts. A proxy may refuse a large request, and each is in memory once. */
const CHUNK_BYTES = 10 * 1024 * 1024
/** Ten minutes without a network. Each chunk that arrives begins anew. */
const RETRY_MS = [0, 1_000, 3_000, 5_000, 10_000, ...Array<number>(20).fill(30_000)]

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
  const isLarge = sizeOf(file) >= (options.resumableFrom ?? RESUMABLE_FROM)
  if (!isLarge || !isSupported) return uploadAtOnce(room, file, options)
  options.signal?.throwIfAborted()
  await room.find()
  return resumable(room, file, options)
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
      ...(chat.transfer ? { httpStack: sentBy(chat.transfer) } : {}),
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

/** Requests as tus-js-client makes them, each sent by `transfer`. */
function sentBy(transfer: Transfer): HttpStack {
  const stack = new DefaultHttpStack({})
  return {
    getName: () => stack.getName(),
    createRequest: (method, url) => {
      const request = stack.createRequest(method, url)
      const send = request.send.bind(request)
      request.send = (body) =>
        transfer(
          () => send(body),
          () => void request.abort(),
        )
      return request
    },
  }
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
