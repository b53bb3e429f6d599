import type { Directory } from '../../directory/database'
import type { Profile } from '../../directory/profiles'
import * as roomProjection from '../../directory/room-projection'
import * as known from '../state/read-cache'
import type { State } from '../state/room-state'
import { Pace } from './backoff'
import * as pending from './changes'
import { Mark } from './dirty-flag'

/** A flush that is not known to have ended is tried again after this. */
const LOST_MS = 8000
/** So much longer than until a flush is due, a change is awaited that could start it. */
const GRACE_MS = 1500
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

/**
 * The road from the room to its rows in the directory's index: D1 may fail, the room goes on. In a busy room the
 * changes themselves start the flushes, so that what these write shares the changes' commits; a mark, the job,
 * stands behind them and brings what the last ones left.
 */
export class Outbox {
  #running: Promise<void> | null = null
  readonly #pace = new Pace()
  readonly #mark: Mark
  #told: pending.Told
  /** The seq that the index had after the last flush of this object's life. */
  #reached = 0

  constructor(private readonly ports: Ports) {
    const { sql } = ports.storage
    this.#mark = new Mark(ports.storage, (error) => this.#log(error))
    this.#told = pending.told(sql)
  }

  /** After a change: starts a flush when one is due, or sees to it that there will be one. */
  touch(now: number): void {
    if (now >= this.#pace.dueAt && !this.#running) this.ports.waitUntil(this.flush())
    else if (!this.#mark.isSet) this.#mark.set(this.#pace.dueAt + GRACE_MS)
  }

  /** When the mark says so: a flush, where anything is left for one. Nothing else ends the mark: it costs to set. */
  async catchUp(now: number): Promise<void> {
    if (this.isBehind()) {
      if (now < this.#pace.dueAt) return this.#mark.set(this.#pace.dueAt + GRACE_MS)
      await this.flush()
    }
    if (this.isBehind()) return
    pending.keep(this.ports.storage.sql, this.#told)
    this.#mark.remove()
  }

  /** After a change that the index must show: flushes and waits for it, but not for long. */
  async settle(): Promise<void> {
    if (!this.isBehind()) return
    await Promise.race([this.flush(), scheduler.wait(PATIENCE_MS)])
  }

  /** Makes sure that the index knows the room up to `seq`, if it ever got there, and all of one member. */
  async reach(userId: string, seq: number): Promise<void> {
    const { sql, head, activity } = this.ports.state
    const isThere = this.#reached >= Math.min(seq, head.seq)
    if (isThere && !activity.has(userId) && !pending.has(sql, this.#told, userId)) return
    await this.settle()
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
    this.#mark.set(startedAt + LOST_MS)
    try {
      const attempt = { isRepeated: false }
      while (await this.#slice(attempt));
      this.#pace.succeeded(startedAt, Date.now())
    } catch (error) {
      this.#log(error)
      this.#pace.failed(Date.now())
      this.#mark.set(this.#pace.dueAt)
    } finally {
      this.#running = null
    }
  }

  #log(error: unknown): void {
    const { roomId } = this.ports.state.head
    const message = String((error as Error).cause ?? error)
    console.error({ level: 'error', work: 'index flush', roomId, message })
  }

  /** Whether the index lacks anything. */
  isBehind(): boolean {
    const { activity, head } = this.ports.state
    return pending.any(this.ports.storage.sql, this.#told) || !activity.isFolded(head)
  }

  /** Sends a bounded number of rows; returns whether more are left. */
  async #slice(attempt: { isRepeated: boolean }): Promise<boolean> {
    const { storage, directory, state } = this.ports
    const { activity, head } = state
    if (!activity.isFolded(head)) {
      known.keeping(state, () => storage.transactionSync(() => activity.fold(storage.sql, head)))
    }
    pending.keep(storage.sql, this.#told)
    const rows = pending.read(storage.sql, head, this.#told)
    if (!rows) return false
    // What the change has to tell goes first.
    await storage.sync()
    const { version, profiles } = await roomProjection.applyProjection(directory, rows)
    if (version < rows.since) {
      // The index was put back to an earlier state: it gets everything again, but not for ever.
      this.#told = pending.NOTHING
      if (attempt.isRepeated) throw new Error('the index does not keep what it is told')
      attempt.isRepeated = true
      return true
    }
    await this.ports.confirm(profiles)
    pending.confirm(storage.sql, rows)
    this.#told = { version: rows.upTo, mentionedSeq: rows.mentionedUpTo }
    this.#reached = rows.seq
    return rows.more
  }
}
