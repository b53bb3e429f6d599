import type { Pool } from '../../runtime/pool'
import { median } from '../../statistics'
import { Bystander, p99 } from '../bystander'
import type { Findings, Scenario } from '../scenario'
import { type Flooded, Flooder, type Kind } from './flood'

const ROUNDS = 5
const ROUND_MS = 4000
const BYSTANDERS = 6
// Below this, twice as slow is noise of the machine.
const FLOOR_MS = 10

/** What must and what must not be among the answers to a flood. */
interface Limit {
  kind: Kind
  /** At most this many in all rounds together, by the seconds that they took. */
  most: (seconds: number) => Record<string, number>
  /** At least one of this. */
  some: string
  /** How late others may be in the 99th percentile; twice as late as in quiet unless it says so. */
  boundMs?: number
}

const limits: Limit[] = [
  // 100 at once, then 20 a second.
  {
    kind: 'posts over a socket',
    most: (seconds) => ({ acknowledged: 100 + 20 * seconds }),
    some: 'closed with 4429',
  },
  {
    kind: 'posts over HTTP',
    most: (seconds) => ({ '201 ok': 100 + 20 * seconds }),
    some: '429 rate_limited',
  },
  // 10 a minute per account; the rounds may see two of its windows.
  { kind: 'log-ins', most: () => ({ '403 wrong_password': 20 }), some: '429 rate_limited' },
  { kind: 'registrations', most: () => ({ '201 ok': 40 }), some: '429 rate_limited' },
  // 500 at once, then 100 a second, over all rooms; each of these counts as ten. A local runtime opens the files of an
  // object on the thread that all share.
  {
    kind: 'made-up rooms',
    most: (seconds) => ({ '404 not_found': 100 + 10 * seconds }),
    some: '429 rate_limited',
    boundMs: 150,
  },
  // A hash occupies the one thread of a local runtime, so what waits for a log-in is no fault of the flood.
  {
    kind: 'passwords for made-up rooms',
    most: () => ({ 'log-in 429': 0, 'log-in 503': 0 }),
    some: 'log-in 201',
    boundMs: 250,
  },
  { kind: 'sockets', most: () => ({ open: ROUNDS * 20 }), some: 'closed with 4429' },
]

/** Someone floods; it is limited as the contract says, and a room elsewhere notices little of it. */
export const floods: Scenario[] = limits.map((limit) => ({
  name: `flood: ${limit.kind}`,
  run: (pool) => bear(pool, limit),
}))

async function bear(pool: Pool, { kind, most, some, boundMs }: Limit): Promise<Findings> {
  const target = await pool.limited()
  const [room, elsewhere] = [await target.room(1), await target.room(BYSTANDERS)]
  const bystander = await Bystander.in(elsewhere)
  const flooder = await Flooder.start(kind, room)
  const total: Flooded = { tried: 0, seconds: 0, answers: {} }
  const rounds = { quiet: [] as number[], meanwhile: [] as number[] }
  let cpu = 0
  const startedAt = performance.now()
  // What is allowed at once is spent here: the hashes of log-ins and registrations among it.
  const [first] = await Promise.all([bystander.latencies(ROUND_MS), spend(flooder, total)])
  await bystander.latencies(ROUND_MS)
  for (let round = 0; round < ROUNDS; round += 1) {
    rounds.quiet.push(p99(await bystander.latencies(ROUND_MS)))
    const before = target.server.cpuMs
    const [meanwhile] = await Promise.all([bystander.latencies(ROUND_MS), spend(flooder, total)])
    cpu = target.server.cpuMs - before
    rounds.meanwhile.push(p99(meanwhile))
  }
  flooder.stop()
  const { tried, seconds, answers } = total
  const bound = boundMs ?? 2 * Math.max(FLOOR_MS, median(rounds.quiet))
  return {
    facts: {
      'p99 elsewhere in ms, quiet': rounds.quiet,
      'p99 elsewhere in ms, while the first are let through': p99(first),
      'p99 elsewhere in ms, meanwhile': rounds.meanwhile,
      'tried per second': Math.round(tried / seconds),
      answers,
      'CPU of the last round in ms': cpu,
    },
    problems: [
      ...Object.entries(most((performance.now() - startedAt) / 1000))
        .filter(([answer, count]) => (answers[answer] ?? 0) > count)
        .map(([answer, count]) => `more than ${count} x ${answer}`),
      ...(answers[some] ? [] : [`never ${some}`]),
      ...Object.keys(answers).filter((answer) => /^5|internal|without/.test(answer)),
      ...(median(rounds.meanwhile) > bound
        ? [`p99 of ${median(rounds.meanwhile)} ms elsewhere, over ${bound}`]
        : []),
    ],
  }
}

async function spend(flooder: Flooder, total: Flooded): Promise<void> {
  const { tried, seconds, answers } = await flooder.flood(ROUND_MS)
  total.tried += tried
  total.seconds += seconds
  for (const [answer, count] of Object.entries(answers)) {
    total.answers[answer] = (total.answers[answer] ?? 0) + count
  }
}
