import type { Directory } from '../../directory/database'
import type { Profile } from '../../directory/profiles'
import * as roomProjection from '../../directory/room-projection'
import * as roomPurge from '../../directory/room-purge'
import * as readCache from '../state/read-cache'
import type { RoomState } from '../state/room-state'
import * as mentions from '../store/mentions'
import * as threadFollows from '../store/threads/thread-follows'
import { Backoff } from './backoff'
import * as changes from './changes'
import { DirtyFlag } from './dirty-flag'

/** A sync that has not reported its end is retried after this. */
const LOST_SYNC_MS = 8000
/** Grace period in which a change may trigger the sync before the alarm does. */
const GRACE_MS = 1500
/** Between two syncs that urgent changes start. */
const URGENT_INTERVAL_MS = 1000
/** How long a call that changed the membership waits for the sync before it answers anyway. */
const BRIEF_WAIT_MS = 1000

interface Ports {
  storage: DurableObjectStorage
  directory: Directory
  state: RoomState
  /** Applies the profiles that the sync of a join read back. */
  confirmProfiles: (profiles: Profile[]) => Promise<void>
  /** Called when mentions by people whom the mentioned block were taken out of their counts. */
  mentionsForgotten: (userIds: string[]) => void
  waitUntil: (work: Promise<unknown>) => void
}

/**
 * Copies the room to its D1 rows, the directory projection, after each commit. The room keeps working while D1 fails.
 * In a busy room a change starts the sync, so that what the sync writes here shares the commit of that change. The
 * dirty flag, a job with an alarm, covers the last changes, which no later one follows.
 * It is what others do by an outbox; versions of the rows take its place. See docs/architecture.md#from-the-room-to-the-directory.
 */
export class DirectorySync {
  #running: Promise<void> | null = null
  readonly #backoff = new Backoff()
  readonly #dirty: DirtyFlag
  #synced: changes.SyncPoint
  /** The room's seq as of the last sync since this object woke. */
  #syncedSeq = 0
  #isForgotten = false
  #startedAt = 0

  constructor(private readonly ports: Ports) {
    const { sql } = ports.storage
    this.#dirty = new DirtyFlag(ports.storage, (error) => this.#log(error))
    this.#synced = changes.loadSyncPoint(sql)
  }

  /**
   * Called after a change: starts a sync if one is due, or makes sure that one will start later. What is urgent waits at
   * most a second.
   */
  request(now: number, isUrgent = false): void {
    const isDue = now >= this.#backoff.dueAt || (isUrgent && this.#mayHurry(now))
    if (isDue && !this.#running) this.ports.waitUntil(this.sync())
    else if (!this.#dirty.isSet) this.#dirty.set(this.#backoff.dueAt + GRACE_MS)
  }

  #mayHurry(now: number): boolean {
    return !this.#backoff.isFailing && now - this.#startedAt >= URGENT_INTERVAL_MS
  }

  /** Whether the directory may lack something; when the object wakes, that it may have fallen. */
  get isDirty(): boolean {
    return this.#dirty.isSet
  }

  /** Runs the dirty flag's job. Only this clears the flag, because setting it again would cost a write. */
  async runJob(now: number): Promise<void> {
    if (this.isBehind()) {
      if (now < this.#backoff.dueAt) return this.#dirty.set(this.#backoff.dueAt + GRACE_MS)
      await this.sync()
    }
    if (this.isBehind()) return
    changes.saveSyncPoint(this.ports.storage.sql, this.#synced)
    this.#dirty.clear()
  }

  /** Called after a change that lists of rooms must show: syncs, and waits at most BRIEF_WAIT_MS. */
  async syncBriefly(): Promise<void> {
    if (!this.isBehind()) return
    const synced = new AbortController()
    const timeout = scheduler.wait(BRIEF_WAIT_MS, { signal: synced.signal }).catch(() => {})
    await Promise.race([this.sync(), timeout])
    // A timer that still runs keeps the object awake.
    synced.abort()
  }

  /**
   * Syncs briefly unless the directory has this member's row and the room up to `seq` (or to its end, if that is
   * earlier). Does nothing for someone who is no member: an outsider must not make the room write.
   */
  async syncUpTo(userId: string, seq: number): Promise<void> {
    if (!readCache.cachedMember(this.ports.state, userId)?.role) return
    const { sql, sequence, memberCounters } = this.ports.state
    const isSynced = this.#syncedSeq >= Math.min(seq, sequence.seq)
    const isPending = () =>
      memberCounters.has(userId) || changes.existFor(sql, this.#synced, userId)
    if (isSynced && !isPending()) return
    await this.syncBriefly()
  }

  /** Syncs everything committed before this call. Never throws: a job retries. */
  async sync(): Promise<void> {
    // The sync in flight may have read its rows before the change that this call is for.
    while (this.#running) await this.#running
    if (this.#isForgotten) return
    this.#running = this.#attempt()
    await this.#running
  }

  async #attempt(): Promise<void> {
    const startedAt = Date.now()
    this.#startedAt = startedAt
    this.#dirty.set(startedAt + LOST_SYNC_MS)
    try {
      const attempt = { isRepeated: false, forgotten: new Set<string>() }
      while (await this.#syncSlice(attempt));
      if (attempt.forgotten.size > 0) this.ports.mentionsForgotten([...attempt.forgotten])
      this.#backoff.succeeded(startedAt, Date.now())
    } catch (error) {
      this.#log(error)
      this.#backoff.failed(Date.now())
      this.#dirty.set(this.#backoff.dueAt)
    } finally {
      this.#running = null
    }
  }

  /** Deletes a slice of the rows that name this deleted room, once the directory knows. Returns whether more are left. */
  purgeSlice(): Promise<boolean> {
    return roomPurge.purgeSlice(this.ports.directory, this.ports.state.sequence.roomId)
  }

  /** Deletes the room's own row, the last. A sync after it would bring the row back, so there is none. */
  async forget(): Promise<void> {
    this.#isForgotten = true
    while (this.#running) await this.#running
    await roomPurge.forget(this.ports.directory, this.ports.state.sequence.roomId)
  }

  #log(error: unknown): void {
    const { roomId } = this.ports.state.sequence
    const message = String((error as Error).cause ?? error)
    console.error({ level: 'error', work: 'directory sync', roomId, message })
  }

  /** Whether the directory projection lacks anything. */
  isBehind(): boolean {
    const { memberCounters, sequence } = this.ports.state
    return (
      changes.exist(this.ports.storage.sql, this.#synced) || !memberCounters.isWritten(sequence)
    )
  }

  /** Sends a bounded number of rows; returns whether more are left. */
  async #syncSlice(attempt: { isRepeated: boolean; forgotten: Set<string> }): Promise<boolean> {
    const { storage, directory, state } = this.ports
    const { memberCounters, sequence } = state
    if (!memberCounters.isWritten(sequence)) {
      readCache.preserveCache(state, () =>
        storage.transactionSync(() => memberCounters.write(storage.sql, sequence)),
      )
    }
    changes.saveSyncPoint(storage.sql, this.#synced)
    const rows = changes.read(storage.sql, sequence, this.#synced)
    if (!rows) return false
    // The answers and broadcasts of the commit go out first.
    await storage.sync()
    const { version, profiles, blocked } = await roomProjection.applyProjection(directory, rows)
    if (version < rows.since) {
      // D1 was restored to an earlier state: send everything again, once. If that does not help, back off.
      this.#synced = changes.NOTHING_SYNCED
      if (attempt.isRepeated) throw new Error('D1 dropped rows that were just written')
      attempt.isRepeated = true
      return true
    }
    await this.ports.confirmProfiles(profiles)
    changes.markConfirmed(storage.sql, rows)
    mentions.markEditsSynced(storage.sql, rows.mentionEdits)
    for (const mention of blocked) {
      mentions.forget(storage.sql, mention)
      threadFollows.forgetMention(storage.sql, sequence, mention)
      memberCounters.markDirty(mention.userId)
    }
    this.#synced = { version: rows.upTo, mentionedSeq: rows.mentionedUpTo }
    this.#syncedSeq = rows.seq
    for (const { userId } of blocked) attempt.forgotten.add(userId)
    return rows.more || blocked.length > 0
  }
}
