import { parseArgs } from 'node:util'
import { overStarts, print, progress, type Row } from './report'
import { Pool } from './runtime/pool'
import type { Workload } from './workload'
import { bundle } from './workloads/bundle'
import { bystanders } from './workloads/bystanders'
import { exports } from './workloads/exports'
import { history } from './workloads/history'
import { hotRooms } from './workloads/hot-room'
import { httpPosts } from './workloads/http-posts'
import { idleSockets } from './workloads/idle-sockets'
import { inbox } from './workloads/inbox'
import { notices } from './workloads/inbox-notices'
import { inboxOverStart } from './workloads/inbox-over-start'
import { inboxWatchers } from './workloads/inbox-watchers'
import { largeRoom, onlineRoom } from './workloads/large-room'
import { mediaMemory } from './workloads/media-memory'
import { mediaThroughput } from './workloads/media-throughput'
import { myRooms } from './workloads/my-rooms'
import { oneSocket } from './workloads/one-socket'
import { crowd, manyRooms } from './workloads/open-loop'
import { page } from './workloads/page'
import { plainMessages } from './workloads/plain-messages'
import { quietRoom } from './workloads/quiet-room'
import { reactions } from './workloads/reactions'
import { resume } from './workloads/resume'
import { richHistory } from './workloads/rich-history'
import { search } from './workloads/search'
import { size } from './workloads/size'

const workloads: Workload[] = [
  quietRoom,
  httpPosts,
  oneSocket,
  reactions,
  ...hotRooms,
  crowd,
  manyRooms,
  history,
  richHistory,
  search,
  myRooms,
  resume,
  idleSockets,
  ...inbox,
  notices,
  inboxOverStart,
  inboxWatchers,
  plainMessages,
  ...mediaThroughput,
  mediaMemory,
  bystanders,
  exports,
  bundle,
  size,
  largeRoom,
  onlineRoom,
  page,
]

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    starts: { type: 'string', default: '1' },
    gathering: { type: 'boolean', default: false },
    indexing: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    against: { type: 'string' },
  },
})

progress('building')
const floorBindings = {
  ...(values.gathering && { GATHERS: 'yes' }),
  ...(values.indexing && { INDEXES: 'yes' }),
}
const pool = await Pool.build(floorBindings, values.against)
// A socket's callback has nobody to throw at: whatever it finds wrong ends the run.
process.on('uncaughtException', async (error) => {
  console.error(error)
  await pool.stop()
  process.exit(1)
})

const rows: Row[] = []
try {
  for (const workload of workloads) {
    if (!workload.name.includes(values.only ?? '')) continue
    const starts: Row[][] = []
    for (let start = 0; start < Number(values.starts); start += 1) {
      starts.push(
        await workload.run({
          pool,
          rounds: Number(values.rounds),
          against: values.against,
          progress,
        }),
      )
      await pool.stop()
    }
    rows.push(...overStarts(starts))
  }
} finally {
  await pool.stop()
}
progress('')
if (values.json) console.log(JSON.stringify(rows, null, 2))
else print(rows, pool.comparesVersions)
process.exit(!pool.comparesVersions && rows.some(({ met }) => met === false) ? 1 : 0)
