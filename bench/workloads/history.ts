import type { Row } from '../report'
import { median } from '../statistics'
import type { Room } from '../targets/target'
import type { Bench, Workload } from '../workload'
import { filled, pages } from './pages'

const NAME = 'history, a page of 50'
const FEW = 1000
const MANY = 1_000_000

/** Pages of 50 at random places, by readers who do nothing else: of few and of many messages, in turns. */
export const history: Workload = {
  name: NAME,
  async run(bench) {
    const few = await History.filled(bench, FEW)
    const many = await History.filled(bench, MANY)
    // The first round of each warms up what compiles itself as it runs.
    for (let index = 0; index <= bench.rounds; index += 1) {
      await few.round()
      await many.round()
      bench.progress(`${NAME}: round ${index}/${bench.rounds}`)
    }
    const rows = [few.row(), many.row()] as const
    const ratio = rows[0].ours / rows[1].ours
    return [
      ...rows,
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

class History {
  readonly #rates: { ours: number[]; floor: number[] } = { ours: [], floor: [] }

  private constructor(
    private readonly messages: number,
    private readonly ours: Room,
    private readonly floor: Room,
  ) {}

  static async filled({ pool, progress }: Bench, messages: number): Promise<History> {
    progress(`${NAME} of ${messages.toLocaleString('en')}: preparing`)
    const ours = await filled(pool, 'ours', messages)
    return new History(messages, ours, await filled(pool, 'floor', messages))
  }

  async round(): Promise<void> {
    this.#rates.floor.push(await pages(this.floor, this.messages))
    this.#rates.ours.push(await pages(this.ours, this.messages))
  }

  /** Of all rounds but the first. */
  row(): Row {
    const rounds = { ours: this.#rates.ours.slice(1), floor: this.#rates.floor.slice(1) }
    const medians = { ours: median(rounds.ours), floor: median(rounds.floor) }
    const ratio = medians.ours / medians.floor
    const verdict = { aim: '>= 0.6 x', met: ratio >= 0.6 }
    const workload = `${NAME} of ${this.messages.toLocaleString('en')}`
    return { workload, unit: 'pages/s', ...medians, ratio, ...verdict, rounds }
  }
}
