import * as jobs from '../store/jobs'

const JOB = 'index'

/** The durable note that the directory's index may be behind, and when to look. */
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

  /** On a full disk it cannot: whoever asked is answered, the next change tries again. */
  set(dueAt: number): void {
    try {
      jobs.put(this.storage, JOB, '', dueAt)
      this.#isSet = true
    } catch (error) {
      this.log(error)
      this.#isSet = false
    }
  }

  clear(): void {
    jobs.remove(this.storage, JOB, '')
    this.#isSet = false
  }
}
