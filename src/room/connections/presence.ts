import { type Live, MAX_ONLINE_IDS, type Ready } from '../../schemas/socket'
import type { Sockets } from './socket-registry'

// Every change of a crowd would be a frame to the crowd: after one frame, the next waits this long.
const PAUSE_MS = 1000

/** Who is here, told at once in a quiet room and once a second in a busy one. Never stored. */
export class Presence {
  #changed = new Set<string>()
  #isPaused = false

  constructor(
    private readonly sockets: Sockets,
    private readonly tell: (live: Live[]) => void,
  ) {}

  get online(): Ready['online'] {
    const count = this.sockets.onlineCount
    return { count, users: count > MAX_ONLINE_IDS ? null : this.sockets.online }
  }

  /** To be called after someone's first socket opened or last one closed. */
  changed(userId: string): void {
    this.#changed.add(userId)
    if (!this.#isPaused) this.#flush()
  }

  #flush(): void {
    this.tell(this.#live())
    this.#changed.clear()
    this.#isPaused = true
    setTimeout(() => {
      this.#isPaused = false
      if (this.#changed.size > 0) this.#flush()
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
