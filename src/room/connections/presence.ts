import { type Live, MAX_ONLINE_IDS, type Ready } from '../../schemas/socket'
import type { RoomSockets } from './room-sockets'

// Every change of a crowd would be a frame to the crowd, so after one frame the next waits this long.
const PAUSE_MS = 1000

/** Who is online: told at once in a quiet room, once a second in a busy one. Never stored. */
export class Presence {
  #changed = new Set<string>()
  #isPaused = false
  /** What `arePeersHidden` was when somebody was last told of a change to it. */
  #wereHidden: boolean

  constructor(
    private readonly sockets: RoomSockets,
    /** Whether the two of a direct room must not see each other. */
    private readonly arePeersHidden: () => boolean,
  ) {
    this.#wereHidden = arePeersHidden()
  }

  /** Who is online, as a user who is online may see it. */
  onlineFor(userId: string): Ready['online'] {
    return this.arePeersHidden() ? { count: 1, users: [userId] } : this.#online
  }

  get #online(): Ready['online'] {
    const count = this.sockets.onlineCount
    return { count, users: count > MAX_ONLINE_IDS ? null : this.sockets.onlineUserIds }
  }

  /** Call this after someone's first socket opened or their last one closed. */
  changed(userId: string): void {
    this.#changed.add(userId)
    if (!this.#isPaused) this.#tellChanges()
  }

  /** Call this after the two of a direct room may have been hidden from each other, or shown again. */
  visibilityChanged(): void {
    const areHidden = this.arePeersHidden()
    if (areHidden === this.#wereHidden) return
    this.#wereHidden = areHidden
    const { onlineUserIds } = this.sockets
    // Who left within the pause is still shown as online.
    const shown = new Set([...onlineUserIds, ...this.#changed])
    for (const viewer of onlineUserIds) {
      const { count } = this.onlineFor(viewer)
      const live = [...shown]
        .filter((userId) => userId !== viewer)
        .map((userId) => ({
          type: 'presence' as const,
          userId,
          online: !areHidden && this.sockets.isOnline(userId),
          count,
        }))
      if (live.length > 0) this.sockets.sendToUser(viewer, { live }, Date.now())
    }
  }

  #tellChanges(): void {
    this.#tell()
    this.#changed.clear()
    this.#isPaused = true
    setTimeout(() => {
      this.#isPaused = false
      if (this.#changed.size > 0) this.#tellChanges()
    }, PAUSE_MS)
  }

  #tell(): void {
    const now = Date.now()
    if (!this.arePeersHidden()) {
      this.sockets.broadcast({ live: this.#live() }, now)
      return
    }
    for (const userId of this.#changed) {
      const live: Live[] = [{ type: 'presence', userId, online: true, count: 1 }]
      this.sockets.sendToUser(userId, { live }, now)
    }
  }

  #live(): Live[] {
    const { count, users } = this.#online
    if (users === null) return [{ type: 'presence', userId: null, online: null, count }]
    return [...this.#changed].map((userId) => ({
      type: 'presence',
      userId,
      online: this.sockets.isOnline(userId),
      count,
    }))
  }
}
