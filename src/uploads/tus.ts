import { waitUntil } from 'cloudflare:workers'
import * as uploadQuota from '../directory/upload-quota'
import { ApiError } from '../errors'
import { HEAD_BYTES } from '../media/detect-type'
import { kindOf } from '../media/formats'
import { inspectMedia, inspectStored } from '../media/inspect'
import { assertKind, assertSize, bytesPerDay } from '../media/limits'
import { receiveTusBody } from '../media/tus-body'
import type { UploadStatus } from '../room/queries/tus-upload'
import type { UploadInput } from '../room/store/media/uploads'
import type { Uploader } from './uploader'

// Why not @tus/server: docs/decisions/0007-tus-server-by-hand.md.

/** Begins an upload. Throws `invalid`, `too_large`, `rate_limited`, and what the room refuses. */
export async function begin({ env, directory, caller, room, now }: Uploader, plan: UploadInput) {
  if (plan.length === 0)
    throw new ApiError('invalid', 'The upload is empty. Set Upload-Length to the size of the file.')
  assertSize(env, kindOf(plan.type), plan.length)
  const use = { userId: caller.userId, bytes: plan.length, perDay: bytesPerDay(env), now }
  return uploadQuota.spendDuring(directory, use, () =>
    room((stub) => stub.createUpload(caller, plan)),
  )
}

/** Stores the body of a request, if it has one, and returns the new offset. */
export async function append(
  uploader: Uploader,
  id: string,
  offset: number,
  request?: Request,
): Promise<number> {
  const { env, caller, room } = uploader
  const upload = await room((stub) => stub.claimUpload(caller, id, offset))
  if (offset + Number(request?.headers.get('Content-Length') ?? 0) > upload.length) {
    throw new ApiError(
      'too_large',
      `This upload was declared as ${upload.length} bytes, but more were sent.`,
    )
  }
  const { type, length: size, name, thumbHash } = upload
  const receive = () =>
    receiveTusBody(env.MEDIA, upload, request?.body ?? null, {
      inspect: async (part) => {
        const declared = { type, size, name, thumbHash }
        const metadata = await inspectMedia(part.subarray(0, HEAD_BYTES), declared, env)
        assertKind(metadata.kind, upload.plainFiles)
        return metadata
      },
      save: (progress) => room((stub) => stub.saveUpload(caller, upload, progress)),
      finish: async (etag) => {
        const { metadata } = upload
        const stored = metadata && (await inspectStored(env.MEDIA, id, metadata))
        await room((stub) => stub.completeUpload(caller, id, etag, stored))
      },
      refuse: () => cancel(uploader, id),
    })
  const work = inTurn(caller.userId, receive)
  // The client may disconnect; the bytes that arrived are still stored.
  waitUntil(work.catch(() => {}))
  await work
  return upload.offset
}

/** Each holds a part or two, of 5 MiB, and an isolate has 128 MB for everyone. */
export const MAX_APPENDING = 2
const PAUSE_MS = 100
const MAX_WAIT_MS = 10_000

const appending = new Map<string, number>()

/** Appends when the user has less than `MAX_APPENDING` requests doing so in this isolate. Throws `rate_limited`. */
async function inTurn<T>(userId: string, work: () => Promise<T>): Promise<T> {
  // Asked again and again: a promise of another request must not be awaited.
  for (let waited = 0; (appending.get(userId) ?? 0) >= MAX_APPENDING; waited += PAUSE_MS) {
    if (waited >= MAX_WAIT_MS) {
      const detail = `At most ${MAX_APPENDING} uploads at a time. Go on when one has ended.`
      throw new ApiError('rate_limited', detail, { retryAfter: 10 })
    }
    await scheduler.wait(PAUSE_MS)
  }
  appending.set(userId, (appending.get(userId) ?? 0) + 1)
  try {
    return await work()
  } finally {
    const left = (appending.get(userId) ?? 1) - 1
    if (left > 0) appending.set(userId, left)
    else appending.delete(userId)
  }
}

/** Cancels an upload and refunds what it did not send to the user's daily quota. */
export async function cancel({ directory, caller, room }: Uploader, id: string): Promise<void> {
  const { bytes, since } = await room((stub) => stub.cancelUpload(caller, id))
  await uploadQuota.refund(directory, { userId: caller.userId, bytes, now: since })
}

/** The status of an upload as tus headers. */
export const headersOf = ({ offset, length, expiresAt }: Omit<UploadStatus, 'uploadMetadata'>) => ({
  'Upload-Offset': String(offset),
  'Upload-Length': String(length),
  ...(expiresAt !== null && { 'Upload-Expires': new Date(expiresAt).toUTCString() }),
})
