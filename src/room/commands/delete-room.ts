import * as bucket from '../../media/bucket'
import * as keys from '../../media/object-keys'
import type { CommandResult } from '../commit/command-result'
import { authorize } from '../policy/authorize'
import type { RoomState } from '../state/room-state'
import * as events from '../store/events'
import * as jobs from '../store/jobs'
import * as mediaTrash from '../store/media/media-trash'
import * as uploads from '../store/media/uploads'
import * as settings from '../store/settings'
import type { CommandContext, SystemContext } from './command-context'
import { lastUploadDeadline } from './media/upload'

const JOB = 'delete'
const RETRY_MS = 5000
// What was sent to D1 before the deletion, by this object or one that it replaced, has arrived by then or never will: a
// statement there ends after 30 seconds. Until then the room's row stays, and keeps that from being written.
const LATE_WRITES_MS = 60_000

/** What deleting a room asks of its directory sync. */
interface DirectoryRows {
  sync: () => Promise<void>
  isBehind: () => boolean
  purgeSlice: () => Promise<boolean>
  forget: () => Promise<void>
}

/** Deletes the room for everyone, and leaves the purge to a job. */
export function deleteRoom(context: CommandContext): CommandResult<null> {
  authorize(context, 'room.delete')
  return { value: null, ...markDeleted(context, context.caller.userId) }
}

/** Marks the room as deleted: the last event tells everyone, and nothing works after it. */
export function markDeleted(
  { state, sockets, now }: SystemContext,
  by: string,
): Required<Pick<CommandResult<null>, 'events' | 'closeSockets'>> {
  const { sql, storage, sequence } = state
  settings.markDeleted(sql, sequence, Math.max(sequence.at, now))
  jobs.schedule(storage, JOB, '', now)
  return {
    events: [events.append(sql, sequence, { type: 'room.deleted', by }, now)],
    closeSockets: () => {
      state.isDeleted = true
      sockets.closeEveryone(4404, 'gone')
    },
  }
}

/**
 * The job: purges everything once the directory knows, a slice at a time. The room's row in the directory goes last, then
 * its own tables: whatever a crash leaves, the job begins again and finds. Returns whether it is done.
 */
export async function purgeDeletedRoom(
  { storage, sql, sequence }: RoomState,
  directory: DirectoryRows,
  media: bucket.Bucket,
  now: number,
): Promise<boolean> {
  await directory.sync()
  if (directory.isBehind()) {
    jobs.schedule(storage, JOB, '', now + RETRY_MS)
    return false
  }
  uploads.expireAll(sql)
  await mediaTrash.purge(storage, media, now)
  const isMoreMedia = await bucket.removePrefixPage(media, keys.roomPrefix(sequence.roomId))
  if ((await directory.purgeSlice()) || isMoreMedia) {
    jobs.schedule(storage, JOB, '', now)
    return false
  }
  const deletedAt = settings.read(sql).deletedAt ?? now
  // Bytes of an upload that was running may land after the sweep.
  const deadline = Math.max(deletedAt + LATE_WRITES_MS, lastUploadDeadline(sql) ?? 0)
  if (deadline > now) {
    jobs.schedule(storage, JOB, '', deadline)
    return false
  }
  await directory.forget()
  await storage.deleteAll()
  return true
}
