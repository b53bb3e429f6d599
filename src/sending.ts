import { waitUntil } from 'cloudflare:workers'
import { ApiError } from './errors'
import * as drafts from './media/drafts'
import * as limits from './media/limits'
import { receive } from './media/receiving'
import { HEAD_BYTES } from './media/sniffing'
import type { Caller } from './room/actors'
import { ask } from './room/answer'
import type { Place } from './room/resuming'

/** Stores the bytes of a request and answers where the upload is then. */
export async function proceed(
  { ROOMS, MEDIA, ...env }: Env,
  request: Request | null,
  roomId: string,
  caller: Caller,
  id: string,
  offset: number,
): Promise<number> {
  const upload = await ask(ROOMS, roomId, (r) => r.claimUpload(caller, id, offset))
  if (offset + Number(request?.headers.get('Content-Length') ?? 0) > upload.length) {
    throw new ApiError('too_large', `This upload has ${upload.length} bytes, no more.`)
  }
  const { type, length: size, name, thumbHash } = upload
  const work = receive(MEDIA, upload, request?.body ?? null, {
    inspect: async (part) => {
      const said = { type, size, name, thumbHash }
      const draft = await drafts.inspect(part.subarray(0, HEAD_BYTES), said, env)
      limits.allow(draft.kind, upload.plainFiles)
      return draft
    },
    save: (progress) => ask(ROOMS, roomId, (r) => r.saveUpload(caller, upload, progress)),
    finish: (etag) => ask(ROOMS, roomId, (r) => r.completeUpload(caller, id, etag)),
    refuse: () => ask(ROOMS, roomId, (r) => r.cancelUpload(caller, id)),
  })
  // Whoever sends may go; what came is kept all the same.
  waitUntil(work.catch(() => {}))
  await work
  return upload.offset
}

/** Where an upload is, as tus says it. */
export const headersOf = ({ offset, length, expiresAt }: Place) => ({
  'Upload-Offset': String(offset),
  'Upload-Length': String(length),
  ...(expiresAt !== null && { 'Upload-Expires': new Date(expiresAt).toUTCString() }),
})
