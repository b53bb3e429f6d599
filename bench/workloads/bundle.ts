import type { Row } from '../report'
import { median } from '../statistics'
import type { Bench, Workload } from '../workload'

/** What a deploy uploads, and how long a fresh runtime takes to the first answer. */
export const bundle: Workload = {
  name: 'bundle and start-up',
  run: async (bench) => {
    const { ours, floor } = bench.pool.bundles
    const size = (workload: string, key: 'bytes' | 'gzipped'): Row => ({
      workload,
      unit: 'KB',
      ours: ours[key] / 1024,
      floor: floor[key] / 1024,
    })
    return [size('bundle', 'bytes'), size('bundle, gzipped', 'gzipped'), await startUp(bench)]
  },
}

async function startUp({ pool, rounds: count }: Bench): Promise<Row> {
  const rounds: { ours: number[]; floor: number[] } = { ours: [], floor: [] }
  for (let round = 0; round < count; round += 1) {
    rounds.floor.push(await firstAnswer(() => pool.floor()))
    rounds.ours.push(await firstAnswer(() => pool.ours()))
    await pool.stop()
  }
  const medians = { ours: median(rounds.ours), floor: median(rounds.floor) }
  return { workload: 'start-up to the first answer', unit: 'ms', ...medians, rounds }
}

async function firstAnswer(start: () => Promise<{ server: { url: URL } }>): Promise<number> {
  const startedAt = performance.now()
  const { server } = await start()
  await fetch(new URL('/openapi.json', server.url)).then((response) => response.text())
  return performance.now() - startedAt
}
