import { ApiError } from '../../../errors'
import * as formats from '../../../media/formats'
import type { MediaMetadata } from '../../../media/inspect'
import * as limits from '../../../media/limits'
import type { MultipartState } from '../../../media/multipart'
import * as keys from '../../../media/object-keys'
import type { CommandResult } from '../../commit/command-result'
import { authorize } from '../../policy/authorize'
import { enforceUploadLimit } from '../../policy/upload-limit'
import * as media from '../../store/media/media'
import * as mediaTrash from '../../store/media/media-trash'
import * as uploads from '../../store/media/uploads'
import type { CommandContext } from '../command-context'

/** Begins a resumable upload; its id becomes that of the media. */
export function createUpload(
  context: CommandContext,
  input: uploads.UploadInput,
): CommandResult<{ id: string; expiresAt: number }> {
  const { rules } = authorize(context, 'message.attach')
  const { state, caller, now } = context
  const { sql, storage, sequence } = state
  const kind = formats.kindOf(input.type)
  if (kind) limits.assertKind(kind, rules.plainFiles)
  enforceUploadLimit(sql, caller.userId, now)
  const id = keys.newMediaId(sequence.roomId)
  uploads.create(sql, { ...input, id, ownerId: caller.userId }, now)
  mediaTrash.schedulePurge(storage, now)
  return { value: { id, expiresAt: now + uploads.TTL_MS } }
}

/** Lets one request continue from an offset. Throws `conflict` when the upload is elsewhere. */
export function claimUpload(
  context: CommandContext,
  { id, offset }: { id: string; offset: number },
): CommandResult<uploads.ResumableUpload & { plainFiles: boolean }> {
  const { rules } = authorize(context, 'message.attach')
  const { state, caller, now } = context
  const upload = uploads.get(state.sql, id, caller.userId, now)
  if (upload.offset !== offset) {
    throw new ApiError('conflict', `This upload is at ${upload.offset}. Continue from there.`)
  }
  const claimed = { ...upload, ...uploads.claim(state.sql, upload) }
  return { value: { ...claimed, plainFiles: rules.plainFiles } }
}

/** Records what an attempt stored. Throws `conflict` when another one has taken over. */
export function saveUpload(
  { state, caller, now }: CommandContext,
  { id, attempt, progress }: { id: string; attempt: number; progress: MultipartState },
): CommandResult<null> {
  if (uploads.get(state.sql, id, caller.userId, now).attempt !== attempt) {
    throw new ApiError('conflict', 'Another request has continued this upload.')
  }
  uploads.save(state.sql, id, progress, now)
  mediaTrash.schedulePurge(state.storage, now)
  return { value: null }
}

/** Makes the upload media, once all its bytes are one object. */
export function completeUpload(
  { state, caller, now }: CommandContext,
  { id, etag, metadata }: { id: string; etag: string; metadata: MediaMetadata | null },
): CommandResult<null> {
  const { sql, storage } = state
  if (media.find(sql, id)?.ownerId === caller.userId) return { value: null }
  const { uploadMetadata } = uploads.get(sql, id, caller.userId, now)
  if (!metadata) throw new ApiError('conflict', 'This upload is not complete yet.')
  media.reserve(sql, { ...metadata, id, ownerId: caller.userId, uploadMetadata }, now)
  media.setEtag(sql, id, etag)
  uploads.expire(sql, id, true)
  mediaTrash.schedulePurge(storage, now)
  return { value: null }
}

/** Cancels an upload; answers the bytes that were never sent, which no longer count, and the day they counted in. */
export function cancelUpload(
  { state, caller, now }: CommandContext,
  { id }: { id: string },
): CommandResult<{ bytes: number; since: number }> {
  const { length, offset, createdAt } = uploads.get(state.sql, id, caller.userId, now)
  uploads.expire(state.sql, id, false)
  mediaTrash.schedulePurge(state.storage, now)
  return { value: { bytes: length - offset, since: createdAt } }
}
