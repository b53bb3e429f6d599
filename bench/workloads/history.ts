import type { Row } from '../report'
import { median } from '../statistics'
import type { Bench, Workload } from '../workload'
import { filled, pages } from './pages'

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
