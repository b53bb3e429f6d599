import pMap from 'p-map'
import type { Directory } from '../directory/database'
import * as myRooms from '../directory/my-rooms'
import { ApiError, rootOf } from '../errors'
import type { RoomNews } from './room-news'
import type { ToldRooms, Version } from './told-rooms'
import * as watching from './watching'

// A replica of the directory may be behind when a socket opens.
const FIRST_COMPARISON_MS = 15_000
const COMPARISON_MS = 15 * 60_000
// Nothing is later than the end of a room, of which only the room itself knew the version.
const NEVER_AGAIN = Number.MAX_SAFE_INTEGER
const CONCURRENT_ROOMS = 20
const MAX_ROOMS = 1000

/** What a room answers an inbox that asks to be told of changes. */
export type WatchAnswer = Pick<RoomNews, 'version' | 'room' | 'removed'>

interface Ports {
  sql: SqlStorage
  directory: Directory
  /** Asks a room to tell of changes. Throws `not_found` for a deleted room, `unavailable`. */
  ask: (roomId: string, userId: string, epoch: number) => Promise<WatchAnswer | undefined>
  /** Takes what a room answered, as what a room tells. */
  take: (news: RoomNews) => void
}

/**
 * Which rooms tell an inbox of changes, by leases that outlive its sockets, and the comparison with the directory that
 * finds what was lost on the way. See docs/decisions/0024-inbox-leases.md.
 */
export class RoomWatch {
  #kept: watching.Watching | undefined

  /** Rooms that are being asked what they are, and those that have answered and tell of changes since. */
  readonly #asking = new Set<string>()
  readonly #answered = new Set<string>()

  constructor(
    kept: watching.Watching | undefined,
    private readonly told: ToldRooms,
    private readonly ports: Ports,
  ) {
    this.#kept = kept
  }

  /** undefined before the first socket. */
  get userId(): string | undefined {
    return this.#kept?.userId
  }

  get compareAt(): number | null {
    return this.#kept?.compareAt ?? null
  }

  get blocks(): string[] {
    return this.#kept?.blocks ?? []
  }

  has(roomId: string): boolean {
    return this.#kept?.leases.has(roomId) === true
  }

  /** Whether nothing that a room told can have been missed: it tells of changes, has answered what it is, and every socket knows. */
  isSure(roomId: string): boolean {
    if (this.#asking.has(roomId) || this.told.isMissed(roomId)) return false
    return this.#answered.has(roomId) || this.has(roomId)
  }

  /** Keeps what a new socket was shown, and brings the next comparison forward. */
  open(userId: string, blocks: string[], comparison: number | null, now: number): void {
    const compareAt = Math.min(comparison ?? Infinity, now + FIRST_COMPARISON_MS)
    this.#keep(userId, { blocks, versions: this.told.versions, compareAt })
  }

  /** Keeps what sockets were told and what they missed, and brings the next comparison forward. */
  compareSoon(now: number): void {
    if (this.#kept) this.open(this.#kept.userId, this.blocks, this.compareAt, now)
  }

  keepBlocks(blocks: string[]): void {
    if (this.#kept) this.#keep(this.#kept.userId, { blocks })
  }

  /** Notes that a room tells of changes from now on, by the request of this epoch. */
  lease(roomId: string): number {
    const { userId = '', epoch = 0, leases = [] } = this.#kept ?? {}
    this.#keep(userId, { epoch: epoch + 1, leases: new Set([...leases, roomId]) })
    return epoch + 1
  }

  /** Notes that a room tells of changes no longer. */
  release(roomId: string): void {
    this.#answered.delete(roomId)
    if (!this.#kept?.leases.has(roomId)) return
    const leases = new Set([...this.#kept.leases].filter((id) => id !== roomId))
    this.#keep(this.#kept.userId, { leases })
  }

  /** Asks the rooms that do not tell of changes yet, in their order. */
  async watchMissing(versions: Version[]): Promise<void> {
    await this.#watchAll(versions.filter(({ roomId }) => !this.has(roomId)))
  }

  /** Compares what the sockets were told with the directory, and asks the rooms that differ. */
  async compare(now: number): Promise<void> {
    if (!this.#kept) return
    const { userId } = this.#kept
    this.#keep(userId, { compareAt: now + COMPARISON_MS })
    const versions = await myRooms.selectVersions(this.ports.directory, userId)
    const known = new Set(versions.map(({ roomId }) => roomId))
    await this.#watchAll([
      ...versions.filter(
        ({ roomId, version }) =>
          version > this.told.versionOf(roomId) || this.told.isMissed(roomId),
      ),
      // The directory may not have them yet, or no longer.
      ...this.told.theirs.filter(({ roomId }) => !known.has(roomId)),
    ])
    this.#keep(userId, { versions: this.told.versions })
  }

  async #watchAll(rooms: Version[]): Promise<void> {
    if (rooms.length === 0 || !this.#kept) return
    const { userId } = this.#kept
    const epoch = this.#kept.epoch + 1
    this.#keep(userId, { epoch })
    const watched = await pMap(
      rooms.slice(0, MAX_ROOMS),
      async ({ roomId }) => ((await this.#watch(roomId, userId, epoch)) ? [roomId] : []),
      { concurrency: CONCURRENT_ROOMS },
    )
    const leases = watched.flat().filter((roomId) => this.told.isTheirs(roomId))
    this.#keep(userId, { leases: new Set([...this.#kept.leases, ...leases]) })
  }

  /** Whether the room tells of changes from now on. */
  async #watch(roomId: string, userId: string, epoch: number): Promise<boolean> {
    this.#asking.add(roomId)
    try {
      const answer = await this.ports.ask(roomId, userId, epoch)
      this.#take(roomId, epoch, answer ?? { version: 0, room: null, removed: 'left' })
      if (answer?.room) this.#answered.add(roomId)
      return Boolean(answer?.room)
    } catch (error) {
      const isGone = error instanceof ApiError && error.code === 'not_found'
      if (isGone)
        this.#take(roomId, epoch, { version: NEVER_AGAIN, room: null, removed: 'deleted' })
      else console.error({ level: 'error', work: 'inbox', roomId, message: rootOf(error).message })
      return false
    } finally {
      this.#asking.delete(roomId)
    }
  }

  #take(roomId: string, epoch: number, answer: WatchAnswer): void {
    // Whoever is not in a room is told no version there: this is later than what was told before.
    const version = answer.room
      ? answer.version
      : Math.max(answer.version, this.told.versionOf(roomId) + 1)
    this.ports.take({ roomId, epoch, why: 'settings', ...answer, version })
  }

  #keep(userId: string, changes: Partial<watching.Watching>): void {
    const none = { epoch: 0, leases: new Set<string>(), versions: {}, compareAt: null, blocks: [] }
    this.#kept = { ...none, ...this.#kept, userId, ...changes }
    watching.write(this.ports.sql, this.#kept)
  }
}
