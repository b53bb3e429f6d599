import { type Live, MAX_ONLINE_IDS, type Ready } from '../../schemas/socket'
import type { SocketRegistry } from './socket-registry'

// Every change of a crowd would be a frame to the crowd, so after one frame the next waits this long.
const PAUSE_MS = 1000

/** Who is online: told at once in a quiet room, once a second in a busy one. Never stored. */
export class Presence {
  #changed = new Set<string>()
  #isPaused = false

  constructor(
    private readonly sockets: SocketRegistry,
    private readonly tell: (live: Live[]) => void,
  ) {}

  get online(): Ready['online'] {
    const count = this.sockets.onlineCount
    return { count, users: count > MAX_ONLINE_IDS ? null : this.sockets.onlineUserIds }
  }

  /** Call this after someone's first socket opened or their last one closed. */
  changed(userId: string): void {
    this.#changed.add(userId)
    if (!this.#isPaused) this.#tellChanges()
  }

  #tellChanges(): void {
    this.tell(this.#live())
    this.#changed.clear()
    this.#isPaused = true
    setTimeout(() => {
      this.#isPaused = false
      if (this.#changed.size > 0) this.#tellChanges()
    }, PAUSE_MS)
  }

  #live(): Live[] {
    const { count, users } = this.online
    if (users === null) return [{ type: 'presence', userId: null, online: null, count }]
    return [...this.#changed].map((userId) => ({
      type: 'presence',
      userId,
      online: this.sockets.isOnline(userId),
      count,
    }))
  }
}
