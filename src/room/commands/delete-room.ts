import { type Bucket, removePrefixPage } from '../../media/bucket'
import { roomPrefix } from '../../media/object-keys'
import type { Outcome } from '../commit/commit-queue'
import type { Sockets } from '../connections/socket-registry'
import type { Caller } from '../policy/authorize'
import * as actors from '../policy/authorize'
import type { State } from '../state/room-state'
import * as events from '../store/events'
import * as jobs from '../store/jobs'
import * as trash from '../store/media-trash'
import * as settings from '../store/settings'
import * as uploads from '../store/uploads'
import * as uploading from './upload'

const JOB = 'delete'
const RETRY_MS = 5000

/** Ends the room: the last event tells everyone, and nothing works after it. */
export function begin(
  state: State,
  sockets: Sockets,
  by: string,
  now: number,
): Required<Pick<Outcome<null>, 'events' | 'ends'>> {
  const { sql, storage, head } = state
  settings.bury(sql, head, Math.max(head.at, now))
  jobs.put(storage, JOB, '', now)
  return {
    events: [events.append(sql, head, { type: 'room.deleted', by }, now)],
    ends: () => {
      state.isDeleted = true
      sockets.closeEverybody(4404, 'gone')
    },
  }
}

/** Ends the room on someone's word. */
export function request(
  state: State,
  sockets: Sockets,
  caller: Caller,
  now: number,
): Outcome<null> {
  actors.able(state, caller, 'room.delete', now)
  return { value: null, ...begin(state, sockets, caller.userId, now) }
}

/** Removes everything, once the directory's index knows; returns whether it is done. */
export async function finish(
  { storage, sql, head }: State,
  outbox: { flush: () => Promise<void>; isBehind: () => boolean },
  bucket: Bucket,
  now: number,
): Promise<boolean> {
  await outbox.flush()
  if (outbox.isBehind()) {
    jobs.put(storage, JOB, '', now + RETRY_MS)
    return false
  }
  uploads.endAll(sql)
  await trash.empty(storage, bucket, now)
  if (await removePrefixPage(bucket, roomPrefix(head.roomId))) {
    jobs.put(storage, JOB, '', now)
    return false
  }
  // Bytes of an upload that was running may land after the sweep.
  const end = uploading.lastEnd(sql)
  if (end !== null && end > now) {
    jobs.put(storage, JOB, '', end)
    return false
  }
  await storage.deleteAll()
  return true
}
