import { rootOf } from '../errors'
import { purgeErasure } from './commands/bulk-delete'
import { purgeDeletedRoom } from './commands/delete-room'
import { endMute } from './commands/moderate'
import type { RoomContext } from './context'
import * as indexJob from './search/index-job'
import * as jobs from './store/jobs'
import * as mediaTrash from './store/media/media-trash'
import * as timelineJob from './store/timeline/timeline-job'

const RETRY_MS = 10_000

/** Runs the jobs that are due, a bounded slice of each. Returns whether the room is gone afterwards. */
export async function runJobs(room: RoomContext, now: number): Promise<boolean> {
  const { storage, sql } = room.state
  for (const job of jobs.due(sql, now)) {
    try {
      if (await run(room, job, now)) return true
    } catch (error) {
      // If it were thrown on, the runtime would give up the alarm after a few tries; jobs are never given up.
      const { roomId } = room.state.sequence
      console.error({ level: 'error', work: job.kind, roomId, message: rootOf(error).message })
      jobs.schedule(storage, job.kind, job.key, now + RETRY_MS)
    }
  }
  jobs.setAlarm(storage)
  return false
}

async function run(room: RoomContext, { kind, key }: jobs.Job, now: number): Promise<boolean> {
  const { storage } = room.state
  switch (kind) {
    case 'index':
      room.watchers.repeat(now)
      await room.directorySync.runJob(now)
      return false
    case 'sockets':
      room.sweepSockets(now)
      return false
    case 'purge':
      purgeErasure(storage, key, now)
      return false
    case 'media':
      await mediaTrash.purge(storage, room.bucket, now)
      return false
    case 'timeline':
      timelineJob.runSlice(storage, key, now)
      return false
    case 'mute':
      await endMuteOf(room, key)
      return false
    case 'search':
      await indexJob.runJob(room.state, now)
      return false
    default:
      return purgeDeletedRoom(room.state, room.directorySync, room.bucket, now)
  }
}

async function endMuteOf({ state, sockets, queue }: RoomContext, userId: string): Promise<void> {
  if (state.isDeleted) return jobs.cancel(state.storage, 'mute', userId)
  const run = () => endMute({ state, sockets, now: Date.now() }, { userId })
  await queue.submit({ run, isAtomic: false })
}
