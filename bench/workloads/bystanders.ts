import type { Row } from '../report'
import { percentile } from '../statistics'
import { type Moved, type Store, storeOf } from '../targets/media'
import type { Target } from '../targets/target'
import type { Workload } from '../workload'
import { conversation } from './quiet-room'

const BYTES = 10_000_000
/** A line of 100 Mbit/s. At full speed two cores have nothing left for anyone, whatever the Worker does. */
const PER_SECOND = 12_500_000
const MESSAGES = 300
/** Of a round: short turns, so that what else the machine does hits both alike. */
const TURNS = 5
const AIM = 1.5

const moves: Record<string, (store: Store) => Promise<Moved>> = {
  'an upload': (store) => store.up(BYTES),
  'an upload by tus': (store) => store.upInParts(BYTES),
  'a download': (store) => store.down(),
}
const shares = { 'p50 of chat': 0.5, 'p99 of chat': 0.99 }
const LATENCY = 'of chat'

/** Two people talk in one room while someone uploads into another, or downloads: how much longer it takes. */
export const bystanders: Workload = {
  name: 'chat beside media',
  async run({ pool, rounds, progress }) {
    const settings = await pool.elsewhere()
    const values = async (target: Target) => {
      progress(`${this.name}: ${target.dialect.name}`)
      const store = await storeOf(target, pool.transfers(PER_SECOND))
      return measure(target, store, rounds * TURNS)
    }
    const floor = await values(await pool.floor(settings))
    const ours = await values(await pool.ours(settings))
    return Object.entries(ours).map(([what, value]): Row => {
      const row = { workload: `chat beside ${what}`, ours: value, floor: floor[what] as number }
      if (!what.endsWith(LATENCY)) return { ...row, unit: 'Mbit/s' }
      return { ...row, unit: 'x', aim: `<= ${AIM} x`, met: value <= AIM }
    })
  },
}

/** By what and percentile: the time with it, as a multiple of the time without it, taken in turns; and how fast it went. */
async function measure(target: Target, store: Store, turns: number) {
  const deliver = await conversation(target)
  await store.up(BYTES)
  await deliver(MESSAGES)
  const values: Record<string, number> = {}
  for (const [what, move] of Object.entries(moves)) {
    const [alone, beside]: [number[], number[]] = [[], []]
    let [moved, seconds] = [0, 0]
    const counted = async () => {
      seconds += (await move(store)).seconds
      moved += BYTES
    }
    for (let turn = 0; turn < turns; turn += 1) {
      alone.push(...(await deliver(MESSAGES)))
      beside.push(...(await meanwhile(counted, () => deliver(MESSAGES))))
    }
    values[what] = (moved * 8) / 1e6 / seconds
    for (const [name, share] of Object.entries(shares)) {
      values[`${what}, ${name}`] = percentile(beside, share) / percentile(alone, share)
    }
  }
  return values
}

/** Does the work while something else is done again and again. */
async function meanwhile<T>(again: () => Promise<unknown>, work: () => Promise<T>): Promise<T> {
  let isOver = false
  const repeated = (async () => {
    while (!isOver) await again()
  })()
  const result = await work()
  isOver = true
  await repeated
  return result
}
