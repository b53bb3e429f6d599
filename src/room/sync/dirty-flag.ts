import * as jobs from '../store/jobs'

// The name is stored in every room that is behind, so it stays.
const JOB = 'index'

/** The durable flag that the directory projection may be behind, kept as a job that says when to check. */
export class DirtyFlag {
  #isSet: boolean

  constructor(
    private readonly storage: DurableObjectStorage,
    private readonly log: (error: unknown) => void,
  ) {
    this.#isSet = jobs.has(storage.sql, JOB)
  }

  get isSet(): boolean {
    return this.#isSet
  }

  /** Fails quietly when storage is full: the caller must still get an answer, and the next change tries again. */
  set(dueAt: number): void {
    try {
      jobs.schedule(this.storage, JOB, '', dueAt)
      this.#isSet = true
    } catch (error) {
      this.log(error)
      this.#isSet = false
    }
  }

  clear(): void {
    jobs.cancel(this.storage, JOB, '')
    this.#isSet = false
  }
}
