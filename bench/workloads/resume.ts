import { median } from '../statistics'
import type { Workload } from '../workload'
import { populated, settled } from './rooms'

const SOCKETS = 1000
const MISSED = 50

/** Everyone is cut off, misses some messages and comes back at once: until all have everything. */
export const resume: Workload = {
  name: 'resume, 1,000 sockets cut, 50 missed each',
  async run({ pool, rounds: count, progress }) {
    const target = await pool.ours()
    progress(`${this.name}: preparing`)
    // The one who writes meanwhile stays.
    const [writer, ...others] = await populated(target, SOCKETS + 1)
    if (!writer) throw new Error('The room is empty.')
    const rounds: number[] = []
    for (let round = 1; round <= count; round += 1) {
      await settled([writer, ...others])
      for (const member of others) member.cut()
      for (let index = 0; index < MISSED; index += 1) await writer.post('You missed this.')
      const startedAt = performance.now()
      await Promise.all(others.map((member) => member.connect()))
      await writer.post('Welcome back.')
      await settled([writer, ...others])
      rounds.push((performance.now() - startedAt) / 1000)
      progress(`${this.name}: round ${round}/${count}: ${rounds.at(-1)?.toFixed(2)} s`)
    }
    const ours = median(rounds)
    const verdict = { aim: '<= 5 s', met: Math.max(...rounds) <= 5 }
    return [
      { workload: this.name, unit: 's', ours, ...verdict, rounds: { ours: rounds, floor: [] } },
    ]
  },
}
