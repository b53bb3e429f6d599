/** What a socket was sent to catch up, until something is heard of it. */
interface Replay {
  userId: string
  bytes: number
  sentAt: number
}

export const MAX_UNREAD_BYTES = 32 * 1024 * 1024
export const MAX_UNREAD_BYTES_PER_USER = 8 * 1024 * 1024
/** A client pings as soon as its socket is open. One that says nothing for so long is not there. */
const SILENCE_MS = 60_000

/**
 * Replays and snapshots that were sent to sockets of which nothing has been heard since. The runtime buffers them without
 * a limit of its own, and they are the largest things a room sends. Known since this object woke; a room that slept had
 * nothing left to send.
 */
export class UnreadReplays {
  #replays = new Map<WebSocket, Replay>()
  // Sums, so that a thousand clients that come back at once are not counted a thousand times.
  #bytes = 0
  #bytesByUser = new Map<string, number>()

  constructor(
    private readonly ports: {
      /** Whether the runtime has answered a ping of the socket. */
      hasPinged: (socket: WebSocket) => boolean
      /** Ends a socket that keeps others out. It comes back through `forget`. */
      close: (socket: WebSocket) => void
    },
  ) {}

  /** Whether there is room for so many bytes more, if need be by closing sockets that have been silent for a minute. */
  hasRoom(userId: string, bytes: number, now: number): boolean {
    if (this.#fits(userId, bytes)) return true
    for (const socket of [...this.#replays.keys()]) {
      if (this.ports.hasPinged(socket)) this.forget(socket)
    }
    if (this.#fits(userId, bytes)) return true
    for (const [socket, { sentAt }] of [...this.#replays]) {
      if (now - sentAt >= SILENCE_MS) this.ports.close(socket)
    }
    return this.#fits(userId, bytes)
  }

  add(socket: WebSocket, replay: Replay): void {
    this.forget(socket)
    this.#replays.set(socket, replay)
    this.#count(replay.userId, replay.bytes)
  }

  /** Something was heard of the socket, or it is gone. */
  forget(socket: WebSocket): void {
    const replay = this.#replays.get(socket)
    if (!replay) return
    this.#replays.delete(socket)
    this.#count(replay.userId, -replay.bytes)
  }

  #count(userId: string, bytes: number): void {
    this.#bytes += bytes
    const own = this.#bytesOf(userId) + bytes
    if (own === 0) this.#bytesByUser.delete(userId)
    else this.#bytesByUser.set(userId, own)
  }

  #bytesOf(userId: string): number {
    return this.#bytesByUser.get(userId) ?? 0
  }

  #fits(userId: string, bytes: number): boolean {
    return (
      this.#bytes + bytes <= MAX_UNREAD_BYTES &&
      this.#bytesOf(userId) + bytes <= MAX_UNREAD_BYTES_PER_USER
    )
  }
}
