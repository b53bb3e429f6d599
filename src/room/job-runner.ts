import * as erasures from './commands/bulk-delete'
import * as deletion from './commands/delete-room'
import type { Assembly } from './context'
import * as indexing from './search/index-job'
import * as jobs from './store/jobs'
import * as trash from './store/media-trash'

/** Does what is due, each job a bounded slice; returns whether the room is gone afterwards. */
export async function runJobs(room: Assembly, now: number): Promise<boolean> {
  const { storage, sql } = room.state
  for (const job of jobs.due(sql, now)) {
    try {
      if (await run(room, job, now)) return true
    } catch (error) {
      // Thrown on, the runtime would give the alarm up after a few tries; the job is tried for ever.
      const { roomId } = room.state.head
      console.error({ level: 'error', work: job.kind, roomId, message: String(error) })
      jobs.put(storage, job.kind, job.key, now + RETRY_MS)
    }
  }
  jobs.arm(storage)
  return false
}

const RETRY_MS = 10_000

async function run(room: Assembly, { kind, key }: jobs.Job, now: number): Promise<boolean> {
  const { storage } = room.state
  switch (kind) {
    case 'index':
      await room.outbox.catchUp(now)
      return false
    case 'sockets':
      room.sweepSockets(now)
      return false
    case 'purge':
      erasures.purge(storage, key, now)
      return false
    case 'media':
      await trash.empty(storage, room.bucket, now)
      return false
    case 'search':
      await indexing.run(room.state, now)
      return false
    default:
      return deletion.finish(room.state, room.outbox, room.bucket, now)
  }
}
