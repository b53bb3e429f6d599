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
}

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
      this.#told.set(roomId, { version, room: undefined, at: 0 })
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

  /** The rooms that the user is in, as far as their sockets were told. */
  get theirs(): Version[] {
    return [...this.#told]
      .filter(([, { room }]) => room !== null)
      .map(([roomId, { version }]) => ({ roomId, version }))
  }

  /** The versions of the rooms that the user is in, as far as their sockets were told, to keep. */
  get versions(): Record<string, number> {
    return Object.fromEntries(this.theirs.map(({ roomId, version }) => [roomId, version]))
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
      if (shown !== known) this.#told.set(roomId, { version: shown, room: undefined, at: 0 })
    }
  }

  /** Takes word of a room, and returns whether it is news. */
  accept({ roomId, version, room }: Pick<RoomNews, 'roomId' | 'version' | 'room'>, now: number) {
    if (version <= this.versionOf(roomId)) return false
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
