import { Connections } from '../clients/connections'
import { newNonce } from '../clients/member'
import type { Row } from '../report'
import type { Pool } from '../runtime/pool'
import * as storage from '../runtime/storage'
import { median } from '../statistics'
import type { Room, Target } from '../targets/target'
import type { Bench, Workload } from '../workload'

const READERS = 8
const ROUND_MS = 2000

/** Pages of 50 at random places, by readers who do nothing else. */
export const history: Workload = {
  name: 'history, a page of 50',
  async run(bench) {
    const thousand = await measure(bench, 1000)
    const million = await measure(bench, 1_000_000)
    const ratio = thousand.ours / million.ours
    return [
      thousand,
      million,
      {
        workload: 'history, from a thousand to a million: time of a page',
        unit: '',
        ours: ratio,
        ratio,
        aim: '<= 1.1 x',
        met: ratio <= 1.1,
      },
    ]
  },
}

async function measure({ pool, rounds: count, progress }: Bench, messages: number): Promise<Row> {
  const workload = `history, a page of 50 of ${messages.toLocaleString('en')}`
  progress(`${workload}: preparing`)
  const ours = await filled(pool, 'ours', messages)
  const floor = await filled(pool, 'floor', messages)
  await pages(floor, messages)
  await pages(ours, messages)
  const rounds: { ours: number[]; floor: number[] } = { ours: [], floor: [] }
  for (let index = 1; index <= count; index += 1) {
    rounds.floor.push(await pages(floor, messages))
    rounds.ours.push(await pages(ours, messages))
    progress(`${workload}: round ${index}/${count}`)
  }
  await pool.stop()
  const medians = { ours: median(rounds.ours), floor: median(rounds.floor) }
  const ratio = medians.ours / medians.floor
  const verdict = { aim: '>= 0.6 x', met: ratio >= 0.6 }
  return { workload, unit: 'pages/s', ...medians, ratio, ...verdict, rounds }
}

/** A room whose one real message was copied, in its file, while nobody had it open. */
async function filled(pool: Pool, name: 'ours' | 'floor', messages: number): Promise<Room> {
  const before: Target = await pool[name]()
  const room = await before.room(1)
  const connections = new Connections(room.url, 1)
  const call = room.dialect.httpPost(room, newNonce(), 'How is the sea today?')
  const { body } = await connections.call(call)
  connections.close()
  const after = await pool.restart(before, (directory) =>
    storage.copyMessage(directory, JSON.parse(body).nonce, messages),
  )
  return { ...room, url: after.url }
}

async function pages(room: Room, messages: number): Promise<number> {
  const connections = new Connections(room.url, READERS)
  const startedAt = performance.now()
  let count = 0
  const read = async () => {
    while (performance.now() - startedAt < ROUND_MS) {
      // Both rooms begin with a handful of events at most; every page is full.
      const before = 60 + Math.floor(Math.random() * (messages - 60))
      const { status, body } = await connections.call(room.dialect.history(room, before))
      if (status !== 200 || items(body).length !== 50) throw new Error(`No full page: ${body}`)
      count += 1
    }
  }
  await Promise.all(Array.from({ length: READERS }, read))
  connections.close()
  return count / ((performance.now() - startedAt) / 1000)
}

function items(body: string): unknown[] {
  const page = JSON.parse(body)
  return Array.isArray(page) ? page : page.items
}
