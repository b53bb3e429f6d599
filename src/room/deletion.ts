import * as addresses from '../media/addresses'
import * as objects from '../media/objects'
import type { Caller } from './actors'
import * as actors from './actors'
import * as events from './events'
import type { Outcome } from './flush'
import * as jobs from './jobs'
import * as settings from './settings'
import type { Sockets } from './sockets'
import type { State } from './state'
import * as trash from './trash'
import * as uploading from './uploading'
import * as uploads from './uploads'

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
  bucket: objects.Bucket,
  now: number,
): Promise<boolean> {
  await outbox.flush()
  if (outbox.isBehind()) {
    jobs.put(storage, JOB, '', now + RETRY_MS)
    return false
  }
  uploads.endAll(sql)
  await trash.empty(storage, bucket, now)
  if (await objects.sweep(bucket, addresses.prefixOf(head.roomId))) {
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
