import * as uploadQuota from '../directory/upload-quota'
import { kindOf } from '../media/formats'
import { inspectMedia } from '../media/inspect'
import { assertSize, bytesPerDay } from '../media/limits'
import { openBody, storeBody } from '../media/single-upload'
import { readUploadHeaders } from '../media/upload-headers'
import type { Media } from '../schemas/media'
import type { Uploader } from './uploader'

/**
 * Uploads media whose bytes are the body of one request. Throws `invalid`, `too_large`, `unsupported_type`,
 * `rate_limited`, and what the room refuses.
 */
export async function upload(
  { env, directory, caller, room, now }: Uploader,
  request: Request,
  thumbHash: string | undefined,
): Promise<Media> {
  const declared = { ...readUploadHeaders(request), thumbHash }
  assertSize(env, kindOf(declared.type), declared.size)
  const body = await openBody(request)
  const metadata = await inspectMedia(body.head, declared, env)
  const use = { userId: caller.userId, bytes: metadata.size, perDay: bytesPerDay(env), now }
  return uploadQuota.spendDuring(directory, use, async () => {
    const id = await room((stub) => stub.beginUpload(caller, metadata))
    return storeBody(env.MEDIA, id, body, metadata, {
      finish: (etag, stored) => room((stub) => stub.finishUpload(caller, id, etag, stored)),
      abandon: () => room((stub) => stub.abandonUpload(caller, id)),
    })
  })
}
