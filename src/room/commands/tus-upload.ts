import { ApiError } from '../../errors'
import { kindOf } from '../../media/formats'
import { assertKind } from '../../media/limits'
import type { MultipartState } from '../../media/multipart'
import { newMediaId } from '../../media/object-keys'
import type { Outcome } from '../commit/commit-queue'
import type { Caller } from '../policy/authorize'
import * as actors from '../policy/authorize'
import * as loose from '../policy/upload-limit'
import type { State } from '../state/room-state'
import * as media from '../store/media'
import * as trash from '../store/media-trash'
import * as uploads from '../store/uploads'

/** Where an upload is, as its client is told. */
export interface UploadStatus {
  offset: number
  length: number
  /** null once it is media. */
  expiresAt: number | null
}

/** Begins a resumable upload and answers the id of the media that it becomes. */
export function create(
  state: State,
  caller: Caller,
  plan: uploads.Plan,
  now: number,
): Outcome<{ id: string; expiresAt: number }> {
  const { sql, storage, head } = state
  const { rules } = actors.able(state, caller, 'message.attach', now)
  const kind = kindOf(plan.type)
  if (kind) assertKind(kind, rules.plainFiles)
  loose.check(sql, caller.userId, now)
  const id = newMediaId(head.roomId)
  uploads.create(sql, id, caller.userId, plan, now)
  trash.schedule(storage, now)
  return { value: { id, expiresAt: now + uploads.LIFE_MS } }
}

/** Where it is; one that became media has all its bytes, should its client not have heard. */
export function read({ sql }: State, { userId }: Caller, id: string, now: number): UploadStatus {
  const item = media.find(sql, id)
  if (item?.ownerId === userId && item.etag !== null) {
    return { offset: item.media.size, length: item.media.size, expiresAt: null }
  }
  const { offset, length, expiresAt } = uploads.get(sql, id, userId, now)
  return { offset, length, expiresAt }
}

/** Lets one request go on from an offset. Throws `conflict` when the upload is elsewhere. */
export function claim(
  state: State,
  caller: Caller,
  id: string,
  offset: number,
  now: number,
): Outcome<uploads.Running & { plainFiles: boolean }> {
  const { rules } = actors.able(state, caller, 'message.attach', now)
  const upload = uploads.get(state.sql, id, caller.userId, now)
  if (upload.offset !== offset) {
    throw new ApiError('conflict', `This upload is at ${upload.offset}.`)
  }
  const claimed = { ...upload, ...uploads.claim(state.sql, upload) }
  return { value: { ...claimed, plainFiles: rules.plainFiles } }
}

/** Notes what an attempt stored. Throws `conflict` when another has taken over. */
export function save(
  state: State,
  caller: Caller,
  { id, attempt }: { id: string; attempt: number },
  progress: MultipartState,
  now: number,
): Outcome<null> {
  if (uploads.get(state.sql, id, caller.userId, now).attempt !== attempt) {
    throw new ApiError('conflict', 'Another request went on with this upload.')
  }
  uploads.save(state.sql, id, progress, now)
  trash.schedule(state.storage, now)
  return { value: null }
}

/** All bytes are one object: it is media now. */
export function finish(
  state: State,
  caller: Caller,
  id: string,
  etag: string,
  now: number,
): Outcome<null> {
  const { sql, storage } = state
  const known = media.find(sql, id)
  if (known?.ownerId === caller.userId) return { value: null }
  const { metadata } = uploads.get(sql, id, caller.userId, now)
  if (!metadata) throw new ApiError('conflict', 'This upload is not complete.')
  media.reserve(sql, id, caller.userId, metadata, now)
  media.store(sql, id, etag)
  uploads.end(sql, id, true)
  trash.schedule(storage, now)
  return { value: null }
}

/** Gives an upload up; answers what no longer counts. */
export function cancel(
  state: State,
  { userId }: Caller,
  id: string,
  now: number,
): Outcome<{ bytes: number; since: number }> {
  const { length, createdAt } = uploads.get(state.sql, id, userId, now)
  uploads.end(state.sql, id, false)
  trash.schedule(state.storage, now)
  return { value: { bytes: length, since: createdAt } }
}
