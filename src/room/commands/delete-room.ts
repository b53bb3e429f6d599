import * as bucket from '../../media/bucket'
import * as keys from '../../media/object-keys'
import type { CommandResult } from '../commit/command-result'
import { authorize } from '../policy/authorize'
import type { State } from '../state/room-state'
import * as events from '../store/events'
import * as jobs from '../store/jobs'
import * as trash from '../store/media-trash'
import * as settings from '../store/settings'
import * as uploads from '../store/uploads'
import type { CommandContext, SystemContext } from './command-context'
import { lastUploadDeadline } from './upload'

const JOB = 'delete'
const RETRY_MS = 5000

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
  const { sql, storage, head } = state
  settings.bury(sql, head, Math.max(head.at, now))
  jobs.put(storage, JOB, '', now)
  return {
    events: [events.append(sql, head, { type: 'room.deleted', by }, now)],
    closeSockets: () => {
      state.isDeleted = true
      sockets.closeEveryone(4404, 'gone')
    },
  }
}

/** The job: purges everything once the directory knows. Returns whether it is done. */
export async function purgeDeletedRoom(
  { storage, sql, head }: State,
  sync: { flush: () => Promise<void>; isBehind: () => boolean },
  media: bucket.Bucket,
  now: number,
): Promise<boolean> {
  await sync.flush()
  if (sync.isBehind()) {
    jobs.put(storage, JOB, '', now + RETRY_MS)
    return false
  }
  uploads.endAll(sql)
  await trash.empty(storage, media, now)
  if (await bucket.removePrefixPage(media, keys.roomPrefix(head.roomId))) {
    jobs.put(storage, JOB, '', now)
    return false
  }
  // Bytes of an upload that was running may land after the sweep.
  const deadline = lastUploadDeadline(sql)
  if (deadline !== null && deadline > now) {
    jobs.put(storage, JOB, '', deadline)
    return false
  }
  await storage.deleteAll()
  return true
}
