import { ApiError } from '../errors'
import { diedAt, JUDGE_MS } from './dead-socket'
import { type EncodedFrame, encode, totalBytes } from './encoded-frame'
import type { Attachment, Identity } from './identity'
import { isStuck, nothingUnheard, type Unheard } from './slow-consumer'
import { UnreadReplays } from './unread-replays'

interface Connection extends Attachment {
  unheard: Unheard
}

const MAX_SOCKETS_PER_USER = 20
// Enough for upgrades that are under way when their session ends; the inbox calls again for slower ones.
const MAX_ENDED_SESSIONS = 1000

/** The open sockets of one object, a room or an inbox, and whose they are. `Frame` is what they are sent. */
export class SocketRegistry<Frame extends object> {
  #connections = new Map<WebSocket, Connection>()
  #byUser = new Map<string, Set<WebSocket>>()
  #endedSessions = new Set<string>()
  #judgedAt = Number.NEGATIVE_INFINITY
  readonly #unreadReplays = new UnreadReplays({
    hasPinged: (socket) => this.ctx.getWebSocketAutoResponseTimestamp(socket) !== null,
    close: (socket) => this.close(socket, 4408, 'too_slow'),
  })

  constructor(
    private readonly ctx: DurableObjectState,
    /** Called when someone's last socket is gone. */
    private readonly presenceChanged: (userId: string) => void,
  ) {
    // The runtime answers pings itself, without waking the object.
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair('ping', 'pong'))
    for (const socket of ctx.getWebSockets()) {
      const attachment = socket.deserializeAttachment() as Attachment | null
      if (attachment) this.#add(socket, attachment)
    }
  }

  /**
   * Takes over the server's end of a new socket, and says whether it is the user's first. Throws `too_many` past
   * the limit per user, `unauthenticated` when its session has just ended.
   */
  accept(identity: Identity): { client: WebSocket; server: WebSocket; isFirst: boolean } {
    if ((this.#byUser.get(identity.userId)?.size ?? 0) >= MAX_SOCKETS_PER_USER) {
      throw new ApiError(
        'too_many',
        `You have ${MAX_SOCKETS_PER_USER} sockets open here. Close one first.`,
      )
    }
    if (this.#endedSessions.has(identity.sessionId)) {
      throw new ApiError('unauthenticated', 'This session has ended. Log in again.')
    }
    const { 0: client, 1: server } = new WebSocketPair()
    this.ctx.acceptWebSocket(server, [`user:${identity.userId}`])
    server.serializeAttachment(identity)
    const isFirst = !this.isOnline(identity.userId)
    this.#add(server, identity)
    return { client, server, isFirst }
  }

  /** Gives a socket the session and the expiry of a newer token, or what else is known of it. */
  renew(socket: WebSocket, changes: Partial<Attachment>): void {
    const connection = this.#connections.get(socket)
    if (!connection) return
    Object.assign(connection, changes)
    const { unheard: _, ...identity } = connection
    socket.serializeAttachment(identity)
  }

  renewAll(changes: Partial<Attachment>): void {
    for (const socket of this.#connections.keys()) this.renew(socket, changes)
  }

  /** Closes the sockets of clients that vanished, and returns when the last was heard of. Call it before reading who is online. */
  closeDead(now: number): number | null {
    if (now - this.#judgedAt < JUDGE_MS) return null
    this.#judgedAt = now
    let last: number | null = null
    for (const [socket, { unheard }] of this.#connections) {
      const at = diedAt(this.ctx, socket, unheard.heardAt, now)
      if (at === null) continue
      last = Math.max(last ?? 0, at)
      this.close(socket, 4408, 'silent')
    }
    return last
  }

  /** Closes the sockets of a session that ended, and accepts no more of it. */
  closeSession(sessionId: string): void {
    if (this.#endedSessions.size >= MAX_ENDED_SESSIONS) this.#endedSessions.clear()
    this.#endedSessions.add(sessionId)
    for (const [socket, connection] of this.#connections) {
      if (connection.sessionId === sessionId) this.close(socket, 4401, 'unauthenticated')
    }
  }

  /** Closes sockets whose token has expired and removes those that vanished; returns when the next one expires. */
  closeExpired(now: number): number | null {
    let next: number | null = null
    for (const [socket, { expiresAt }] of this.#connections) {
      if (socket.readyState !== WebSocket.OPEN) this.remove(socket)
      else if (expiresAt <= now) this.close(socket, 4401, 'token_expired')
      else next = Math.min(next ?? expiresAt, expiresAt)
    }
    return next
  }

  /** When the first token expires; null without sockets. */
  get nextExpiry(): number | null {
    const times = [...this.#connections.values()].map(({ expiresAt }) => expiresAt)
    return times.length > 0 ? Math.min(...times) : null
  }

  /** Closes a socket from this side. */
  close(socket: WebSocket, code: number, reason: string): void {
    this.remove(socket)
    // A client that ignores the close keeps it among the object's sockets, and it would be there when the object wakes.
    socket.serializeAttachment(null)
    socket.close(code, reason)
  }

  /** Closes every socket of one user. */
  closeUser(userId: string, code: number, reason: string): void {
    for (const socket of this.#byUser.get(userId) ?? []) this.close(socket, code, reason)
  }

  closeEveryone(code: number, reason: string): void {
    for (const userId of this.onlineUserIds) this.closeUser(userId, code, reason)
  }

  /** Removes a socket that is gone. */
  remove(socket: WebSocket): void {
    const identity = this.#connections.get(socket)
    if (!identity) return
    this.#unreadReplays.forget(socket)
    this.#connections.delete(socket)
    const own = this.#byUser.get(identity.userId)
    own?.delete(socket)
    if (own?.size !== 0) return
    this.#byUser.delete(identity.userId)
    this.presenceChanged(identity.userId)
  }

  /** Whose socket this is, which was just heard of. Closes one whose token has expired, and returns nothing. */
  identify(socket: WebSocket, now: number): Identity | undefined {
    const connection = this.#connections.get(socket)
    if (connection) {
      connection.unheard.sentBytes = 0
      connection.unheard.heardAt = now
      this.#unreadReplays.forget(socket)
    }
    if (!connection || connection.expiresAt > now) return connection
    this.close(socket, 4401, 'token_expired')
    return undefined
  }

  isOnline(userId: string): boolean {
    return this.#byUser.has(userId)
  }

  /** Whether somebody is at one of the devices. */
  get isAnyonePresent(): boolean {
    return [...this.#connections.values()].some(({ isAway }) => !isAway)
  }

  get onlineUserIds(): string[] {
    return [...this.#byUser.keys()]
  }

  get onlineCount(): number {
    return this.#byUser.size
  }

  /** Sends one frame to everybody, serialized once. */
  broadcast(frame: Frame, now: number): void {
    const encoded = encode(frame)
    for (const [socket, connection] of this.#connections) {
      this.#deliver(socket, connection, encoded, now)
    }
  }

  /** Sends signals to everybody, serialized once; a socket that some came from gets the others. */
  relay<Signal>(
    signals: { from: WebSocket; signal: Signal }[],
    toFrame: (signals: Signal[]) => Frame,
    now: number,
  ): void {
    const senders = new Set(signals.map(({ from }) => from))
    const encoded = encode(toFrame(signals.map(({ signal }) => signal)))
    for (const [socket, connection] of this.#connections) {
      if (senders.has(socket)) continue
      this.#deliver(socket, connection, encoded, now)
    }
    for (const sender of senders) {
      const others = signals.flatMap(({ from, signal }) => (from === sender ? [] : [signal]))
      if (others.length > 0) this.send(sender, toFrame(others), now)
    }
  }

  /** Sends one frame to every socket of one user. */
  sendToUser(userId: string, frame: Frame, now: number): void {
    for (const socket of this.#byUser.get(userId) ?? []) this.send(socket, frame, now)
  }

  send(socket: WebSocket, frame: Frame, now: number): void {
    this.sendEncoded(socket, encode(frame), now)
  }

  /** Whether there is room for a replay of so many bytes: see `UnreadReplays`. */
  hasRoomForReplay(userId: string, bytes: number, now: number): boolean {
    return this.#unreadReplays.hasRoom(userId, bytes, now)
  }

  /** Sends what brings a new socket up to date, and remembers it until something is heard of the socket. */
  sendReplay(socket: WebSocket, frames: EncodedFrame[], now: number): void {
    const connection = this.#connections.get(socket)
    if (!connection) return
    const bytes = totalBytes(frames)
    this.#unreadReplays.add(socket, { userId: connection.userId, bytes, sentAt: now })
    for (const frame of frames) this.sendEncoded(socket, frame, now)
  }

  sendEncoded(socket: WebSocket, frame: EncodedFrame, now: number): void {
    const connection = this.#connections.get(socket)
    if (connection) this.#deliver(socket, connection, frame, now)
  }

  #deliver(
    socket: WebSocket,
    connection: Connection,
    { text, bytes }: EncodedFrame,
    now: number,
  ): void {
    if (socket.readyState !== WebSocket.OPEN) return
    if (connection.expiresAt <= now) this.close(socket, 4401, 'token_expired')
    else if (isStuck(connection.unheard, this.ctx, socket)) this.close(socket, 4408, 'too_slow')
    else {
      connection.unheard.sentBytes += bytes
      socket.send(text)
    }
  }

  #add(socket: WebSocket, identity: Attachment): void {
    this.#connections.set(socket, { ...identity, unheard: nothingUnheard() })
    const own = this.#byUser.get(identity.userId) ?? new Set()
    this.#byUser.set(identity.userId, own.add(socket))
  }
}
