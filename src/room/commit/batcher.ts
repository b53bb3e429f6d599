// So many share a commit well enough; the clients can make the next ones while these are run.
const MAX_GATHERED = 32
// After so many runs of one item, with none that came before its commit was done, waiting for more is in vain.
const QUIET = 8

/**
 * Decides when what is queued is run, all of it at once: after a turn that brought nothing more to it, or, where
 * one item comes at a time, as it comes. What comes before a run's commit is done shares the next one.
 */
export class Gathering<Item> {
  #queue: Item[] = []
  /** Nothing is queued, and no commit is under way. */
  #isIdle = true
  /** How many runs in a row were of one item, with none that came before its commit was done. */
  #alone = 0

  constructor(
    private readonly schedule: (work: () => void) => void,
    private readonly run: (batch: Item[]) => void,
  ) {}

  push(item: Item): void {
    this.#queue.push(item)
    if (!this.#isIdle) this.#alone = 0
    else if (this.#alone < QUIET) this.#gather(1)
    else this.#run()
  }

  /** Runs what is queued, if anything is, after a turn that brought nothing more to it. */
  #gather(seen: number): void {
    this.#isIdle = false
    this.schedule(() => {
      const { length } = this.#queue
      if (length === 0) this.#isIdle = true
      else if (length > seen && length < MAX_GATHERED) this.#gather(length)
      else this.#run()
    })
  }

  #run(): void {
    const batch = this.#queue
    this.#queue = []
    this.#isIdle = false
    this.#alone += 1
    try {
      this.run(batch)
    } finally {
      this.#gather(0)
    }
  }
}
