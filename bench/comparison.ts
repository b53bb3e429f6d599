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
  return { name, run: async (bench) => [await rowOf(comparison, bench)] }
}

setFlagsFromString('--expose-gc')
/** Collects the clients' garbage, so that no pause of theirs, of tens of milliseconds, falls into a round. */
const collect: () => void = runInNewContext('gc')

async function rowOf(comparison: Comparison, bench: Bench): Promise<Row> {
  const { name, unit, aim, met, prepare, settings } = comparison
  const { ours, floor } = await bench.pool.pair(await settings?.(bench.pool))
  bench.progress(`${name}: preparing`)
  const round = { ours: await prepare(ours, bench.pool), floor: await prepare(floor, bench.pool) }
  // The first round of each warms up what compiles itself as it runs.
  await round.floor()
  await round.ours()
  const rounds: { ours: number[]; floor: number[] } = { ours: [], floor: [] }
  for (let index = 1; index <= bench.rounds; index += 1) {
    collect()
    rounds.floor.push(await round.floor())
    collect()
    rounds.ours.push(await round.ours())
    bench.progress(
      `${name}: round ${index}/${bench.rounds}: ours ${rounds.ours.at(-1)?.toPrecision(4)}, floor ${rounds.floor.at(-1)?.toPrecision(4)} ${unit}`,
    )
  }
  const medians = { ours: median(rounds.ours), floor: median(rounds.floor) }
  const ratio = medians.ours / medians.floor
  return { workload: name, unit, ...medians, ratio, aim, met: met(ratio, medians.ours), rounds }
}
