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
import type { UploadStatus } from '../room/commands/tus-upload'
import type { Caller } from '../room/policy/authorize'
import type { Plan } from '../room/store/uploads'

/** Begins an upload and answers its id. Throws `invalid`, `too_large`, `rate_limited`, and what the room says. */
export async function begin(env: Env, roomId: string, caller: Caller, plan: Plan, now: number) {
  if (plan.length === 0) throw new ApiError('invalid', 'There are no bytes.')
  assertSize(env, kindOf(plan.type), plan.length)
  const spent = { userId: caller.userId, bytes: plan.length, perDay: bytesPerDay(env), now }
  return uploadQuota.spendDuring(open(env.DB), spent, () =>
    ask(env.ROOMS, roomId, (r) => r.createUpload(caller, plan)),
  )
}

/** Stores the bytes of a request and answers where the upload is then. */
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
    throw new ApiError('too_large', `This upload has ${upload.length} bytes, no more.`)
  }
  const { type, length: size, name, thumbHash } = upload
  const work = receiveTusBody(MEDIA, upload, request?.body ?? null, {
    inspect: async (part) => {
      const said = { type, size, name, thumbHash }
      const metadata = await inspectMedia(part.subarray(0, HEAD_BYTES), said, env)
      assertKind(metadata.kind, upload.plainFiles)
      return metadata
    },
    save: (progress) => ask(ROOMS, roomId, (r) => r.saveUpload(caller, upload, progress)),
    finish: (etag) => ask(ROOMS, roomId, (r) => r.completeUpload(caller, id, etag)),
    refuse: () => cancel(env, roomId, caller, id),
  })
  // Whoever sends may go; what came is kept all the same.
  waitUntil(work.catch(() => {}))
  await work
  return upload.offset
}

/** Gives an upload up: then its bytes no longer count. */
export async function cancel(env: Env, roomId: string, caller: Caller, id: string): Promise<void> {
  const { bytes, since } = await ask(env.ROOMS, roomId, (r) => r.cancelUpload(caller, id))
  await uploadQuota.refund(open(env.DB), { userId: caller.userId, bytes, now: since })
}

/** Where an upload is, as tus says it. */
export const headersOf = ({ offset, length, expiresAt }: UploadStatus) => ({
  'Upload-Offset': String(offset),
  'Upload-Length': String(length),
  ...(expiresAt !== null && { 'Upload-Expires': new Date(expiresAt).toUTCString() }),
})
