import { ApiError } from '../../../errors'
import type { MediaMetadata } from '../../../media/inspect'
import * as limits from '../../../media/limits'
import * as keys from '../../../media/object-keys'
import type { Media } from '../../../schemas/media'
import type { CommandResult } from '../../commit/command-result'
import { authorize } from '../../policy/authorize'
import { enforceUploadLimit } from '../../policy/upload-limit'
import * as media from '../../store/media/media'
import * as mediaTrash from '../../store/media/media-trash'
import type { CommandContext } from '../command-context'

/** Reserves media before its bytes arrive: from here on the room answers for what is in the bucket. */
export function beginUpload(
  context: CommandContext,
  metadata: MediaMetadata,
): CommandResult<string> {
  const { rules } = authorize(context, 'message.attach')
  const { state, caller, now } = context
  const { sql, storage, sequence } = state
  limits.assertKind(metadata.kind, rules.plainFiles)
  enforceUploadLimit(sql, caller.userId, now)
  const id = keys.newMediaId(sequence.roomId)
  media.reserve(sql, { ...metadata, id, ownerId: caller.userId }, now)
  mediaTrash.schedulePurge(storage, now)
  return { value: id }
}

/** Records that the bytes are in the bucket, and what they turned out to be. Throws `not_found` when the room gave the upload up meanwhile. */
export function finishUpload(
  context: CommandContext,
  { id, etag, metadata }: { id: string; etag: string; metadata: MediaMetadata },
): CommandResult<Media> {
  const { media: reserved } = findOwn(context, id)
  media.finish(context.state.sql, id, etag, metadata)
  return { value: { ...reserved, ...metadata } }
}

/** Gives an upload up whose bytes never came: whatever of them is in the bucket is deleted. */
export function abandonUpload(
  context: CommandContext,
  { id }: { id: string },
): CommandResult<null> {
  findOwn(context, id)
  mediaTrash.discard(context.state.storage, 'id = ?', id, context.now)
  return { value: null }
}

/** When the last upload that may still be running is over; null when there is none. */
export function lastUploadDeadline(sql: SqlStorage): number | null {
  const { begun } = sql
    .exec<{ begun: number | null }>(
      'select max(created_at) as begun from media where message_seq is null and etag is null',
    )
    .one()
  return begun === null ? null : begun + mediaTrash.UNATTACHED_TTL_MS
}

function findOwn({ state, caller }: CommandContext, id: string): media.StoredMedia {
  const item = media.find(state.sql, id)
  if (item?.ownerId === caller.userId && item.etag === null) return item
  throw new ApiError('not_found', 'You have no such upload.')
}
