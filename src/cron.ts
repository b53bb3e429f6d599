import { open } from './directory/database'
import { refold } from './directory/refold'
import * as roomPurge from './directory/room-purge'
import * as profileFanout from './fanout/profile-fanout'

/** The cron job: what was lost on its way, and what was left behind. One that fails does not stop the other. */
export async function runSweeps(controller: ScheduledController, env: Env): Promise<void> {
  const swept = await Promise.allSettled([
    profileFanout.sweepPending(controller, env),
    roomPurge.sweepAbandoned(open(env.DB), Date.now()),
    refold(open(env.DB)),
  ])
  for (const result of swept) if (result.status === 'rejected') throw result.reason
}
