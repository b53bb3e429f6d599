import * as events from './events'
import type { Outcome } from './flush'
import * as jobs from './jobs'
import * as members from './members'
import { require } from './permissions'
import * as settings from './settings'
import type { Sockets } from './sockets'
import type { State } from './state'

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
  userId: string,
  now: number,
): Outcome<null> {
  require(members.find(state.sql, userId)?.role ?? null, 'room.delete')
  return { value: null, ...begin(state, sockets, userId, now) }
}

/** Removes everything, once the directory's index knows; returns whether it is done. */
export async function finish(
  storage: DurableObjectStorage,
  outbox: { flush: () => Promise<void>; isBehind: () => boolean },
  now: number,
): Promise<boolean> {
  await outbox.flush()
  if (outbox.isBehind()) {
    jobs.put(storage, JOB, '', now + RETRY_MS)
    return false
  }
  await storage.deleteAll()
  return true
}
