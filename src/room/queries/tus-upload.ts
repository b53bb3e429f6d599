import type { RequestContext } from '../policy/authorize'
import * as media from '../store/media/media'
import * as uploads from '../store/media/uploads'

/** Where a resumable upload is, as its client is told. */
export interface UploadStatus {
  offset: number
  length: number
  /** null once it is media. */
  expiresAt: number | null
  /** The header of the request that began it. */
  uploadMetadata: string | undefined
}

/** One that became media has all its bytes, in case its client has not heard. Throws `not_found`. */
export function readUpload(
  { state, caller, now }: RequestContext,
  { id }: { id: string },
): UploadStatus {
  const item = media.find(state.sql, id)
  if (item?.ownerId === caller.userId && item.etag !== null) {
    const { media, uploadMetadata } = item
    return { offset: media.size, length: media.size, expiresAt: null, uploadMetadata }
  }
  const upload = uploads.get(state.sql, id, caller.userId, now)
  const { offset, length, expiresAt, uploadMetadata } = upload
  return { offset, length, expiresAt, uploadMetadata }
}
