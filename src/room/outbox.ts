import type { Directory } from '../directory/directory'
import type { Profile } from '../directory/profiles'
import * as index from '../directory/room-index'
import * as jobs from './jobs'
import * as pending from './pending'
import type { State } from './state'

const JOB = 'index'
/** Counts reach the index about this often: not to the second, or rooms that woke together would stay together. */
const INTERVAL_MS = 5000
const interval = () => INTERVAL_MS * (0.75 + Math.random() / 2)
/** A flush that is not known to have ended is tried again after this. */
const LOST_MS = 10_000
const MIN_RETRY_MS = 1000
const MAX_RETRY_MS = 30_000
/** What a call that changed the roster waits for the index before it answers anyway. */
const PATIENCE_MS = 1000

interface Ports {
  storage: DurableObjectStorage
  directory: Directory
  state: State
  /** Profiles as read back with a join's flush. */
  confirm: (profiles: Profile[]) => Promise<void>
  waitUntil: (work: Promise<unknown>) => void
}

/** The road from the room to its rows in the directory's index: D1 may fail, the room goes on. */
export class Outbox {
  #running: Promise<void> | null = null
  #lastEnd = 0
  #interval = INTERVAL_MS
  #isMarked: boolean
  #failingSince: number | null = null
  /** The seq that the index had after the last flush of this object's life. */
  #reached = 0

  constructor(private readonly ports: Ports) {
    this.#isMarked = jobs.has(ports.storage.sql, JOB)
  }

  /** After a change: remembers durably that the index is behind, and starts a flush when one is due. */
  touch(now: number): void {
    if (this.#isMarked) return
    const dueAt = this.#lastEnd + this.#interval
    this.#mark(dueAt > now ? dueAt : now + LOST_MS)
    if (dueAt <= now) this.ports.waitUntil(this.flush())
  }

  /** After a change that the index must show: flushes and waits for it, but not for long. */
  async settle(now: number): Promise<void> {
    if (!this.isBehind()) return
    this.touch(now)
    await Promise.race([this.flush(), scheduler.wait(PATIENCE_MS)])
  }

  /** Makes sure that the index knows the room up to `seq`, if it ever got there. */
  async reach(seq: number): Promise<void> {
    if (this.#reached < Math.min(seq, this.ports.state.head.seq)) await this.settle(Date.now())
  }

  /** Brings the index up to everything committed before this call. Never throws: a job tries again. */
  async flush(): Promise<void> {
    // The one in flight may have read before the change that this call is for.
    while (this.#running) await this.#running
    this.#running = this.#attempt()
    await this.#running
  }

  async #attempt(): Promise<void> {
    const startedAt = Date.now()
    const { storage } = this.ports
    try {
      while (await this.#slice());
      const now = Date.now()
      this.#lastEnd = now
      this.#failingSince = null
      this.#interval = Math.max(interval(), 10 * (now - startedAt))
      this.#isMarked = this.isBehind()
      if (this.#isMarked) jobs.put(storage, JOB, '', now + this.#interval)
      else jobs.remove(storage, JOB, '')
    } catch (error) {
      this.#log(error)
      this.#mark(this.#nextTry(Date.now()))
    } finally {
      this.#running = null
    }
  }

  /** Notes durably when to flush. On a full disk it cannot: whoever asked is answered, the next change tries again. */
  #mark(dueAt: number): void {
    try {
      jobs.put(this.ports.storage, JOB, '', dueAt)
      this.#isMarked = true
    } catch (error) {
      this.#log(error)
      this.#isMarked = false
    }
  }

  #log(error: unknown): void {
    const { roomId } = this.ports.state.head
    const message = String((error as Error).cause ?? error)
    console.error({ level: 'error', work: 'index flush', roomId, message })
  }

  /** Tries rarer the longer it fails, however many callers try meanwhile. */
  #nextTry(now: number): number {
    this.#failingSince ??= now
    const delay = now - this.#failingSince
    return now + Math.min(Math.max(delay, MIN_RETRY_MS), MAX_RETRY_MS)
  }

  /** Whether the index lacks anything. */
  isBehind(): boolean {
    const { activity, head } = this.ports.state
    return pending.any(this.ports.storage.sql) || !activity.isFolded(head)
  }

  /** Sends a bounded number of rows; returns whether more are left. */
  async #slice(): Promise<boolean> {
    const { storage, directory, state } = this.ports
    const { activity, head } = state
    if (!activity.isFolded(head)) storage.transactionSync(() => activity.fold(storage.sql, head))
    const rows = pending.read(storage.sql, head)
    if (!rows) return false
    const { version, profiles } = await index.apply(directory, rows)
    if (version < rows.since) {
      // The index was put back to an earlier state: it gets everything again.
      pending.forget(storage.sql)
      return true
    }
    await this.ports.confirm(profiles)
    pending.confirm(storage.sql, rows)
    this.#reached = rows.seq
    return rows.more
  }
}
