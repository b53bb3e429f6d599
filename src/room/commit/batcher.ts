// Enough to share a commit; clients can prepare their next commands while these run.
const MAX_BATCH = 32
// After this many runs of a single item, each with nothing else arriving before its commit, waiting gains nothing.
const SINGLES_BEFORE_IMMEDIATE = 8

/**
 * Decides when queued items run, always all of them at once: after a turn in which nothing more arrived or, where items
 * come one at a time, as soon as they come. What arrives before a run's commit is done shares the next run.
 * What else was tried: docs/decisions/0002-group-commit-by-storage-sync.md.
 */
export class Batcher<Item> {
  #queue: Item[] = []
  /** Nothing is queued, and no commit is under way. */
  #isIdle = true
  /** How many runs in a row had one item, with nothing else arriving before the commit was done. */
  #singles = 0

  constructor(
    private readonly schedule: (work: () => void) => void,
    private readonly run: (batch: Item[]) => void,
  ) {}

  push(item: Item): void {
    this.#queue.push(item)
    if (!this.#isIdle) this.#singles = 0
    else if (this.#singles < SINGLES_BEFORE_IMMEDIATE) this.#collect(1)
    else this.#run()
  }

  /** Runs what is queued, if anything is, after a turn that brought nothing more. */
  #collect(seen: number): void {
    this.#isIdle = false
    this.schedule(() => {
      const { length } = this.#queue
      if (length === 0) this.#isIdle = true
      else if (length > seen && length < MAX_BATCH) this.#collect(length)
      else this.#run()
    })
  }

  #run(): void {
    const batch = this.#queue
    this.#queue = []
    this.#isIdle = false
    this.#singles += 1
    try {
      this.run(batch)
    } finally {
      this.#collect(0)
    }
  }
}
