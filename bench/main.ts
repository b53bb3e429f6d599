import { parseArgs } from 'node:util'
import { print, progress, type Row } from './report'
import { Pool } from './runtime/pool'
import { hotRooms } from './workloads/hot-room'
import { httpPosts } from './workloads/http-posts'
import { oneSocket } from './workloads/one-socket'
import { quietRoom } from './workloads/quiet-room'

const workloads = [quietRoom, httpPosts, oneSocket, ...hotRooms]

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    json: { type: 'boolean', default: false },
  },
})

progress('building')
const pool = await Pool.build()
// A socket's callback has nobody to throw at: whatever it finds wrong ends the run.
process.on('uncaughtException', async (error) => {
  console.error(error)
  await pool.stop()
  process.exit(1)
})

const rows: Row[] = []
try {
  for (const { name, run } of workloads) {
    if (!name.includes(values.only ?? '')) continue
    rows.push(...(await run({ pool, rounds: Number(values.rounds), progress })))
    await pool.stop()
  }
} finally {
  await pool.stop()
}
progress('')
if (values.json) console.log(JSON.stringify(rows, null, 2))
else print(rows)
process.exit(rows.some(({ met }) => met === false) ? 1 : 0)
