import type { Directory } from '../../directory/database'
import type { Profile } from '../../directory/profiles'
import * as roomProjection from '../../directory/room-projection'
import * as readCache from '../state/read-cache'
import type { State } from '../state/room-state'
import { Backoff } from './backoff'
import * as changes from './changes'
import { DirtyFlag } from './dirty-flag'

/** A flush that is not known to have ended is tried again after this. */
const LOST_SYNC_MS = 8000
/** So much longer than until a flush is due, a change is awaited that could start it. */
const GRACE_MS = 1500
/** What a call that changed the roster waits for the index before it answers anyway. */
const BRIEF_WAIT_MS = 1000

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
  readonly #backoff = new Backoff()
  readonly #dirty: DirtyFlag
  #synced: changes.SyncPoint
  /** The seq that the index had after the last flush of this object's life. */
  #syncedSeq = 0

  constructor(private readonly ports: Ports) {
    const { sql } = ports.storage
    this.#dirty = new DirtyFlag(ports.storage, (error) => this.#log(error))
    this.#synced = changes.loadSyncPoint(sql)
  }

  /** After a change: starts a flush when one is due, or sees to it that there will be one. */
  touch(now: number): void {
    if (now >= this.#backoff.dueAt && !this.#running) this.ports.waitUntil(this.flush())
    else if (!this.#dirty.isSet) this.#dirty.set(this.#backoff.dueAt + GRACE_MS)
  }

  /** When the mark says so: a flush, where anything is left for one. Nothing else ends the mark: it costs to set. */
  async catchUp(now: number): Promise<void> {
    if (this.isBehind()) {
      if (now < this.#backoff.dueAt) return this.#dirty.set(this.#backoff.dueAt + GRACE_MS)
      await this.flush()
    }
    if (this.isBehind()) return
    changes.saveSyncPoint(this.ports.storage.sql, this.#synced)
    this.#dirty.clear()
  }

  /** After a change that the index must show: flushes and waits for it, but not for long. */
  async settle(): Promise<void> {
    if (!this.isBehind()) return
    await Promise.race([this.flush(), scheduler.wait(BRIEF_WAIT_MS)])
  }

  /** Makes sure that the index knows the room up to `seq`, if it ever got there, and all of one member. */
  async reach(userId: string, seq: number): Promise<void> {
    const { sql, head: sequence, activity: memberCounters } = this.ports.state
    const isThere = this.#syncedSeq >= Math.min(seq, sequence.seq)
    if (isThere && !memberCounters.has(userId) && !changes.existFor(sql, this.#synced, userId))
      return
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
    this.#dirty.set(startedAt + LOST_SYNC_MS)
    try {
      const attempt = { isRepeated: false }
      while (await this.#syncSlice(attempt));
      this.#backoff.succeeded(startedAt, Date.now())
    } catch (error) {
      this.#log(error)
      this.#backoff.failed(Date.now())
      this.#dirty.set(this.#backoff.dueAt)
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
    const { activity: memberCounters, head: sequence } = this.ports.state
    return (
      changes.exist(this.ports.storage.sql, this.#synced) || !memberCounters.isWritten(sequence)
    )
  }

  /** Sends a bounded number of rows; returns whether more are left. */
  async #syncSlice(attempt: { isRepeated: boolean }): Promise<boolean> {
    const { storage, directory, state } = this.ports
    const { activity: memberCounters, head: sequence } = state
    if (!memberCounters.isWritten(sequence)) {
      readCache.preserveCache(state, () =>
        storage.transactionSync(() => memberCounters.fold(storage.sql, sequence)),
      )
    }
    changes.saveSyncPoint(storage.sql, this.#synced)
    const rows = changes.read(storage.sql, sequence, this.#synced)
    if (!rows) return false
    // What the change has to tell goes first.
    await storage.sync()
    const { version, profiles } = await roomProjection.applyProjection(directory, rows)
    if (version < rows.since) {
      // The index was put back to an earlier state: it gets everything again, but not for ever.
      this.#synced = changes.NOTHING_SYNCED
      if (attempt.isRepeated) throw new Error('the index does not keep what it is told')
      attempt.isRepeated = true
      return true
    }
    await this.ports.confirm(profiles)
    changes.markConfirmed(storage.sql, rows)
    this.#synced = { version: rows.upTo, mentionedSeq: rows.mentionedUpTo }
    this.#syncedSeq = rows.seq
    return rows.more
  }
}
