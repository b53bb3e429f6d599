import type { Member } from '../clients/member'
import { compare } from '../comparison'
import type { Row } from '../report'
import type { Target } from '../targets/target'
import type { Workload } from '../workload'
import * as counts from './counts'
import { populated, settled } from './rooms'

const IN_FLIGHT = 64
const ROUND_MS = 2000
const EMOJI = ['👍', '❤️', '😂', '🎉', '👀']

const rates = compare({
  name: 'reactions over one socket, 64 in flight, beside posts',
  unit: 'commands/s',
  aim: '>= 0.6 x',
  met: (ratio) => ratio >= 0.6,
  async prepare(target) {
    const react = await reactor(target)
    return async () => {
      const { count, seconds } = await react()
      return count / seconds
    }
  },
})

/** How many reactions a room takes in a second, beside as many posts of the floor, and the rows they write. */
export const reactions: Workload = {
  name: rates.name,
  run: async (bench) => [...(await rates.run(bench)), await rowsOf(await bench.pool.counted())],
}

async function rowsOf(target: Target): Promise<Row> {
  const react = await reactor(target)
  const before = await counts.read(target)
  const { count } = await react()
  const rows = ((await counts.read(target)).rows - before.rows) / count
  const workload = 'counted: rows a room writes per reaction'
  return { workload, unit: '', ours: rows, aim: '<= 3', met: rows < 3.05 }
}

/** One member gives emoji to messages and takes them back, each time a change; the floor posts instead. */
async function reactor(target: Target): Promise<() => Promise<{ count: number; seconds: number }>> {
  const members = await populated(target, 1)
  const [member] = members
  if (!member) throw new Error('A room of one has a member.')
  const seqs: number[] = []
  for (let index = 0; index < IN_FLIGHT; index += 1) {
    await member.post('How is the sea today?')
    seqs.push(member.seq)
  }
  return async () => {
    const startedAt = performance.now()
    const done = await Promise.all(seqs.map((seq) => react(member, seq, startedAt + ROUND_MS)))
    const seconds = (performance.now() - startedAt) / 1000
    await settled(members)
    return { count: done.reduce((sum, count) => sum + count, 0), seconds }
  }
}

async function react(member: Member, seq: number, end: number): Promise<number> {
  let count = 0
  while (performance.now() < end) {
    for (const isGiven of [true, false]) {
      for (const emoji of EMOJI) await member.react({ seq, emoji, isGiven })
    }
    count += 2 * EMOJI.length
  }
  return count
}
