import { ApiError } from '../../errors'
import type { MediaMetadata } from '../../media/inspect'
import { assertKind } from '../../media/limits'
import { newMediaId } from '../../media/object-keys'
import type { Media } from '../../schemas/media'
import type { Outcome } from '../commit/commit-queue'
import type { Caller } from '../policy/authorize'
import * as actors from '../policy/authorize'
import * as loose from '../policy/upload-limit'
import type { State } from '../state/room-state'
import * as media from '../store/media'
import * as trash from '../store/media-trash'

/** Takes media on, before its bytes: from here on the room answers for what is in the bucket. */
export function begin(
  state: State,
  caller: Caller,
  metadata: MediaMetadata,
  now: number,
): Outcome<string> {
  const { sql, storage, head } = state
  const { rules } = actors.able(state, caller, 'message.attach', now)
  assertKind(metadata.kind, rules.plainFiles)
  loose.check(sql, caller.userId, now)
  const id = newMediaId(head.roomId)
  media.reserve(sql, id, caller.userId, metadata, now)
  trash.schedule(storage, now)
  return { value: id }
}

/** The bytes are in the bucket. Throws `not_found` when the room gave them up meanwhile. */
export function finish({ sql }: State, caller: Caller, id: string, etag: string): Outcome<Media> {
  const { media: stored } = own(sql, caller, id)
  media.store(sql, id, etag)
  return { value: stored }
}

/** The bytes never came: whatever of them is in the bucket goes. */
export function abandon(state: State, caller: Caller, id: string, now: number): Outcome<null> {
  own(state.sql, caller, id)
  trash.add(state.storage, 'id = ?', id, now)
  return { value: null }
}

/** When the last upload that may still be on its way is over; null when there is none. */
export function lastEnd(sql: SqlStorage): number | null {
  const { begun } = sql
    .exec<{ begun: number | null }>(
      'select max(created_at) as begun from media where message_seq is null and etag is null',
    )
    .one()
  return begun === null ? null : begun + trash.LOOSE_MS
}

function own(sql: SqlStorage, { userId }: Caller, id: string): media.Item {
  const item = media.find(sql, id)
  if (item?.ownerId === userId && item.etag === null) return item
  throw new ApiError('not_found', 'There is no such upload of yours.')
}
