import { waitUntil } from 'cloudflare:workers'
import { open } from '../directory/database'
import * as uploadQuota from '../directory/upload-quota'
import { ApiError } from '../errors'
import { HEAD_BYTES } from '../media/detect-type'
import { kindOf } from '../media/formats'
import { inspectMedia } from '../media/inspect'
import { assertKind, assertSize, bytesPerDay } from '../media/limits'
import { receiveTusBody } from '../media/tus-body'
import { ask } from '../room/client'
import type { Caller } from '../room/policy/authorize'
import type { UploadStatus } from '../room/queries/tus-upload'
import type { Plan } from '../room/store/uploads'

/** Starts an upload and returns its id. Throws `invalid`, `too_large`, `rate_limited`, and what the room throws. */
export async function begin(env: Env, roomId: string, caller: Caller, plan: Plan, now: number) {
  if (plan.length === 0)
    throw new ApiError('invalid', 'The upload is empty. Set Upload-Length to the size of the file.')
  assertSize(env, kindOf(plan.type), plan.length)
  const spent = { userId: caller.userId, bytes: plan.length, perDay: bytesPerDay(env), now }
  return uploadQuota.spendDuring(open(env.DB), spent, () =>
    ask(env.ROOMS, roomId, (r) => r.createUpload(caller, plan)),
  )
}

/** Stores the bytes of a request and returns the new offset. */
export async function proceed(
  env: Env,
  request: Request | null,
  roomId: string,
  caller: Caller,
  id: string,
  offset: number,
): Promise<number> {
  const { ROOMS, MEDIA } = env
  const upload = await ask(ROOMS, roomId, (r) => r.claimUpload(caller, id, offset))
  if (offset + Number(request?.headers.get('Content-Length') ?? 0) > upload.length) {
    throw new ApiError(
      'too_large',
      `This upload was declared as ${upload.length} bytes, but more were sent.`,
    )
  }
  const { type, length: size, name, thumbHash } = upload
  const work = receiveTusBody(MEDIA, upload, request?.body ?? null, {
    inspect: async (part) => {
      const declared = { type, size, name, thumbHash }
      const metadata = await inspectMedia(part.subarray(0, HEAD_BYTES), declared, env)
      assertKind(metadata.kind, upload.plainFiles)
      return metadata
    },
    save: (progress) => ask(ROOMS, roomId, (r) => r.saveUpload(caller, upload, progress)),
    finish: (etag) => ask(ROOMS, roomId, (r) => r.completeUpload(caller, id, etag)),
    refuse: () => cancel(env, roomId, caller, id),
  })
  // The client may disconnect; the bytes that arrived are still stored.
  waitUntil(work.catch(() => {}))
  await work
  return upload.offset
}

/** Cancels an upload and refunds its bytes to the user's daily quota. */
export async function cancel(env: Env, roomId: string, caller: Caller, id: string): Promise<void> {
  const { bytes, since } = await ask(env.ROOMS, roomId, (r) => r.cancelUpload(caller, id))
  await uploadQuota.refund(open(env.DB), { userId: caller.userId, bytes, now: since })
}

/** The status of an upload as tus headers. */
export const headersOf = ({ offset, length, expiresAt }: UploadStatus) => ({
  'Upload-Offset': String(offset),
  'Upload-Length': String(length),
  ...(expiresAt !== null && { 'Upload-Expires': new Date(expiresAt).toUTCString() }),
})
