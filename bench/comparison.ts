import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Row } from './report'
import type { Pool } from './runtime/pool'
import type { Settings } from './runtime/server'
import { median } from './statistics'
import type { Target } from './targets/target'
import type { Bench, Workload } from './workload'

export interface Comparison {
  name: string
  unit: string
  aim: string
  met: (ratio: number, ours: number) => boolean
  /** Gets a target ready and returns what one round measures. */
  prepare: (target: Target, pool: Pool) => Promise<() => Promise<number>>
  /** What both run with. */
  settings?: (pool: Pool) => Promise<Settings>
}

/** A workload that both targets run, in turns, so that what else the machine does hits both. */
export function compare(comparison: Comparison): Workload {
  const { name } = comparison
  return { name, run: (bench) => rowsOf(comparison, bench) }
}

setFlagsFromString('--expose-gc')
/** Collects the clients' garbage, so that no pause of theirs, of tens of milliseconds, falls into a round. */
const collect: () => void = runInNewContext('gc')

async function rowsOf(comparison: Comparison, bench: Bench): Promise<Row[]> {
  const { name, unit, aim, met, prepare, settings } = comparison
  const targets = await bench.pool.pair(await settings?.(bench.pool))
  bench.progress(`${name}: preparing`)
  const round = {
    ours: await prepare(targets.ours, bench.pool),
    floor: await prepare(targets.floor, bench.pool),
  }
  // The first round of each warms up what compiles itself as it runs.
  await round.floor()
  await round.ours()
  const rounds: Sides = { ours: [], floor: [] }
  const cpu: Sides = { ours: [], floor: [] }
  for (let index = 1; index <= bench.rounds; index += 1) {
    for (const side of ['floor', 'ours'] as const) {
      collect()
      const startedAt = performance.now()
      const cpuBefore = targets[side].server.cpuMs
      const value = await round[side]()
      const count = (value * (performance.now() - startedAt)) / 1000
      rounds[side].push(value)
      cpu[side].push(((targets[side].server.cpuMs - cpuBefore) * 1000) / count)
    }
    bench.progress(
      `${name}: round ${index}/${bench.rounds}: ours ${rounds.ours.at(-1)?.toPrecision(4)}, floor ${rounds.floor.at(-1)?.toPrecision(4)} ${unit}`,
    )
  }
  const rate = { workload: name, unit, ...summary(rounds) }
  const rows: Row[] = [{ ...rate, aim, met: met(rate.ratio, rate.ours) }]
  // Another version is told apart by what it costs: that varies less than how fast the machine lets it be.
  if (bench.pool.comparesVersions && unit.endsWith('/s')) {
    rows.push({
      workload: `${name}: CPU`,
      unit: `us/${unit.replace(/(ie)?s\/s$/, (_, ie) => (ie ? 'y' : ''))}`,
      ...summary(cpu),
    })
  }
  return rows
}

type Sides = Required<Row>['rounds']

function summary(rounds: Sides): { ours: number; floor: number; ratio: number; rounds: Sides } {
  const [ours, floor] = [median(rounds.ours), median(rounds.floor)]
  return { ours, floor, ratio: ours / floor, rounds }
}
