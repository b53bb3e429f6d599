import type { InboxUpdate } from '../schemas/inbox'
import type { Room } from '../schemas/rooms'
import type { RoomNews } from './room-news'

/** What a room is to the user, as of this version. */
export interface Version {
  roomId: string
  version: number
}

interface Told {
  version: number
  /** undefined: as the directory has it; null: no longer theirs. */
  room: Room | null | undefined
  /** When it was told, in milliseconds since the epoch. */
  at: number
  /** Whether a socket was not told it: the next comparison asks the room, whatever the directory has. */
  isMissed?: boolean
}

// Older than whatever a room tells: kept for what was missed, so that it is told though this object slept.
const MISSED = -1

// That a room is gone is remembered for a day, so that no late word of it brings it back.
const TOMBSTONE_MS = 86_400_000
// By then the directory has what a room told.
const FRESH_MS = 30_000
const MAX_TOLD = 2000

/**
 * What the rooms of one user told, each as of its greatest version. Word of a room may come late, twice, or in the wrong
 * order: of two values the one with the greater version is kept, here, in lists and in clients.
 */
export class ToldRooms {
  readonly #told = new Map<string, Told>()

  /** `versions`: what the sockets had been told when the object was here before. */
  constructor(versions: Record<string, number>) {
    for (const [roomId, version] of Object.entries(versions)) {
      const isMissed = version === MISSED
      this.#told.set(roomId, { version, room: undefined, at: 0, isMissed })
    }
  }

  /** -1 for a room that nobody has spoken of. */
  versionOf(roomId: string): number {
    return this.#told.get(roomId)?.version ?? -1
  }

  /** Whether the user is in this room, as far as their sockets were told. */
  isTheirs(roomId: string): boolean {
    const told = this.#told.get(roomId)
    return told !== undefined && told.room !== null
  }

  /** Whether a socket lacks what was told of this room, which is told whole next. */
  isMissed(roomId: string): boolean {
    return this.#told.get(roomId)?.isMissed === true
  }

  /** Notes that a socket was not told of these rooms. That one is gone is told by lists. */
  miss(roomIds: string[]): void {
    for (const roomId of roomIds) {
      const told = this.#told.get(roomId)
      if (told && told.room !== null) this.#told.set(roomId, { ...told, isMissed: true })
    }
  }

  /** The rooms that the user is in, as far as their sockets were told. */
  get theirs(): Version[] {
    return [...this.#told]
      .filter(([, { room }]) => room !== null)
      .map(([roomId, { version }]) => ({ roomId, version }))
  }

  /** The versions of the rooms that the user is in, as far as their sockets were told, to keep. */
  get versions(): Record<string, number> {
    return Object.fromEntries(
      this.theirs.map(({ roomId, version }) => [roomId, this.isMissed(roomId) ? MISSED : version]),
    )
  }

  /**
   * Notes that a socket is shown what the directory has, but for what is known to be newer. A version stands for what
   * every socket was told: where two differ it is the smaller, so that the next comparison finds it.
   */
  note(versions: Version[], isFirst: boolean): void {
    for (const { roomId, version } of versions) {
      if (this.newerThan({ roomId, version }) !== undefined) continue
      const known = this.versionOf(roomId)
      const shown = isFirst ? version : Math.min(version, known)
      const isMissed = version < known || (this.isMissed(roomId) && !isFirst)
      if (shown !== known || this.isMissed(roomId))
        this.#told.set(roomId, { version: shown, room: undefined, at: 0, isMissed })
    }
  }

  /**
   * What a socket is told after `ready`, which shows `rooms`: what rooms told of what is not among them and is newer than the
   * directory has it. `unknown`: rooms that the directory lacks and of which nothing else is known.
   */
  beyond(versions: Version[], rooms: Room[], now: number) {
    const stored = new Map(versions.map(({ roomId, version }) => [roomId, version]))
    const shown = new Set(rooms.map(({ id }) => id))
    const updates: InboxUpdate[] = []
    const unknown: string[] = []
    for (const [roomId, { version, room, at }] of this.#told) {
      if (room === null || shown.has(roomId)) continue
      const storedAs = stored.get(roomId)
      if (storedAs !== undefined && room && version > storedAs)
        updates.push({ type: 'room.updated', room })
      else if (storedAs === undefined && room && now - at < FRESH_MS)
        updates.push({ type: 'room.added', room, by: null })
      else if (storedAs === undefined) unknown.push(roomId)
    }
    return { updates, unknown }
  }

  /** Takes word of a room, and returns whether it is news. */
  accept({ roomId, version, room }: Pick<RoomNews, 'roomId' | 'version' | 'room'>, now: number) {
    const known = this.versionOf(roomId)
    if (version < known || (version === known && !this.isMissed(roomId))) return false
    if (!this.#told.has(roomId) && this.#told.size >= MAX_TOLD) this.#sweep(now)
    this.#told.set(roomId, { version, room, at: now })
    return true
  }

  /** What was told of a room and is newer than this version: the room, null when it is gone, undefined for no news. */
  newerThan({ roomId, version }: Version): Room | null | undefined {
    const told = this.#told.get(roomId)
    return told && told.version > version ? told.room : undefined
  }

  /** What was told a moment ago. */
  freshRooms(now: number): Room[] {
    return [...this.#told.values()].flatMap(({ room, at }) =>
      room && now - at < FRESH_MS ? [room] : [],
    )
  }

  #sweep(now: number): void {
    for (const [roomId, { room, at }] of this.#told) {
      if (room === null && now - at > TOMBSTONE_MS) this.#told.delete(roomId)
    }
  }
}
