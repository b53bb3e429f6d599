import { pause, waitOf } from './connection/back-off'
import { ProblemError } from './connection/problem-error'
import type { Media } from './protocol'
import type { Room } from './room'

/** What a browser's file picker, a clipboard or a canvas gives, or bytes such as a `Buffer` of Node. */
export type Uploadable = Blob | Uint8Array<ArrayBuffer>

export type Place = Pick<Room, 'chat' | 'find' | 'path'>

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

/** What is smaller needs no second request to be begun again. */
export const RESUMABLE_FROM = 1_000_000
const ATTEMPTS = 5

/** Uploads a file in one request, and answers its id. What is cut begins anew. */
export async function uploadAtOnce(
  room: Place,
  file: Uploadable,
  { thumbHash, signal, onProgress, ...given }: UploadOptions,
): Promise<string> {
  signal?.throwIfAborted()
  await room.find()
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

export const sizeOf = (file: Uploadable) => (file instanceof Blob ? file.size : file.byteLength)

export function described(file: Uploadable, given: { name?: string; type?: string }) {
  const known: Partial<File> = file instanceof Blob ? file : {}
  const { name = known.name, type = known.type } = given
  return { name, type, lastModified: known.lastModified }
}

/** As RFC 8187 wants it. */
const escaped = (name: string) =>
  encodeURIComponent(name).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`)
