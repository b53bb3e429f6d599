import type { Row } from '../report'
import { percentile } from '../statistics'
import { type Store, storeOf } from '../targets/media'
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

const moves: Record<string, (store: Store) => Promise<unknown>> = {
  'an upload': (store) => store.up(BYTES),
  'an upload by tus': (store) => store.upInParts(BYTES),
  'a download': (store) => store.down(),
}
const shares = { p50: 0.5, p99: 0.99 }

/** Two people talk in one room while someone uploads into another, or downloads: how much longer it takes. */
export const bystanders: Workload = {
  name: 'chat beside media',
  async run({ pool, rounds, progress }) {
    const settings = await pool.bucket()
    const slowdowns = async (target: Target) => {
      progress(`${this.name}: ${target.dialect.name}`)
      const store = await storeOf(target, pool.transfers(PER_SECOND))
      return measure(target, store, rounds * TURNS)
    }
    const floor = await slowdowns(await pool.floor(settings))
    const ours = await slowdowns(await pool.ours(settings))
    return Object.entries(ours).map(([what, slowdown]): Row => {
      const row = { workload: `chat beside ${what}`, unit: 'x', ours: slowdown }
      return { ...row, floor: floor[what] as number, aim: `<= ${AIM} x`, met: slowdown <= AIM }
    })
  },
}

/** By what and percentile: the time with it, as a multiple of the time without it, taken in turns. */
async function measure(target: Target, store: Store, turns: number) {
  const deliver = await conversation(target)
  await store.up(BYTES)
  await deliver(MESSAGES)
  const slowdowns: Record<string, number> = {}
  for (const [what, move] of Object.entries(moves)) {
    const [alone, beside]: [number[], number[]] = [[], []]
    for (let turn = 0; turn < turns; turn += 1) {
      alone.push(...(await deliver(MESSAGES)))
      const during = await meanwhile(
        () => move(store),
        () => deliver(MESSAGES),
      )
      beside.push(...during)
    }
    for (const [name, share] of Object.entries(shares)) {
      slowdowns[`${what}, ${name}`] = percentile(beside, share) / percentile(alone, share)
    }
  }
  return slowdowns
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
