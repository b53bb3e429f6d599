import { ApiError } from '../../errors'
import type { Frame } from '../../schemas/socket'
import * as silence from './slow-consumer'

/** Who a socket is; kept in its attachment, so that it outlives the object. */
export interface Identity {
  userId: string
  /** When its access token runs out, milliseconds since the epoch. */
  expiresAt: number
}

interface Held extends Identity {
  silence: silence.Silence
}

const MAX_SOCKETS_PER_USER = 20

/** The open sockets of a room and whose they are. */
export class Sockets {
  #held = new Map<WebSocket, Held>()
  #byUser = new Map<string, Set<WebSocket>>()

  constructor(
    private readonly ctx: DurableObjectState,
    /** Told when someone's last socket went. */
    private readonly presenceChanged: (userId: string) => void,
  ) {
    // The runtime answers pings itself, without waking the object.
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair('ping', 'pong'))
    for (const socket of ctx.getWebSockets()) {
      this.#remember(socket, socket.deserializeAttachment() as Identity)
    }
  }

  /** Takes over the server's end of a new socket, and says whether it is the user's first. Throws `rate_limited` past the limit per user. */
  accept(identity: Identity): { client: WebSocket; server: WebSocket; isFirst: boolean } {
    if ((this.#byUser.get(identity.userId)?.size ?? 0) >= MAX_SOCKETS_PER_USER) {
      throw new ApiError(
        'rate_limited',
        `A user has at most ${MAX_SOCKETS_PER_USER} sockets in a room.`,
      )
    }
    const { 0: client, 1: server } = new WebSocketPair()
    this.ctx.acceptWebSocket(server, [`user:${identity.userId}`])
    server.serializeAttachment(identity)
    const isFirst = !this.isOnline(identity.userId)
    this.#remember(server, identity)
    return { client, server, isFirst }
  }

  /** Gives a socket the expiry of a newer token. */
  renew(socket: WebSocket, expiresAt: number): void {
    const held = this.#held.get(socket)
    if (!held) return
    held.expiresAt = expiresAt
    const identity: Identity = { userId: held.userId, expiresAt }
    socket.serializeAttachment(identity)
  }

  /** Ends sockets whose token has run out and forgets those that vanished; returns when the next runs out. */
  sweep(now: number): number | null {
    let next: number | null = null
    for (const [socket, identity] of this.#held) {
      if (socket.readyState !== WebSocket.OPEN) this.forget(socket)
      else if (identity.expiresAt <= now) this.close(socket, 4401, 'token_expired')
      else next = Math.min(next ?? identity.expiresAt, identity.expiresAt)
    }
    return next
  }

  /** Ends a socket from this side. */
  close(socket: WebSocket, code: number, reason: string): void {
    this.forget(socket)
    socket.close(code, reason)
  }

  /** Ends every socket of one user. */
  closeAll(userId: string, code: number, reason: string): void {
    for (const socket of this.#byUser.get(userId) ?? []) this.close(socket, code, reason)
  }

  closeEverybody(code: number, reason: string): void {
    for (const userId of this.online) this.closeAll(userId, code, reason)
  }

  /** A socket that is gone is nobody's any more. */
  forget(socket: WebSocket): void {
    const identity = this.#held.get(socket)
    if (!identity) return
    this.#held.delete(socket)
    const own = this.#byUser.get(identity.userId)
    own?.delete(socket)
    if (own?.size !== 0) return
    this.#byUser.delete(identity.userId)
    this.presenceChanged(identity.userId)
  }

  /** Whose socket this is that was just heard of; one whose token has run out is closed and nobody's. */
  identify(socket: WebSocket, now: number): Identity | undefined {
    const held = this.#held.get(socket)
    if (held) held.silence.characters = 0
    if (!held || held.expiresAt > now) return held
    this.close(socket, 4401, 'token_expired')
    return undefined
  }

  isOnline(userId: string): boolean {
    return this.#byUser.has(userId)
  }

  get online(): string[] {
    return [...this.#byUser.keys()]
  }

  get onlineCount(): number {
    return this.#byUser.size
  }

  /** One frame to everybody, serialized once. */
  broadcast(frame: Frame, now: number, except?: string): void {
    const text = JSON.stringify(frame)
    for (const [socket, held] of this.#held) {
      if (held.userId !== except) this.#deliver(socket, held, text, now)
    }
  }

  send(socket: WebSocket, frame: Frame, now: number): void {
    const held = this.#held.get(socket)
    if (held) this.#deliver(socket, held, JSON.stringify(frame), now)
  }

  #deliver(socket: WebSocket, held: Held, text: string, now: number): void {
    if (socket.readyState !== WebSocket.OPEN) return
    if (held.expiresAt <= now) this.close(socket, 4401, 'token_expired')
    else if (silence.isSuspicious(held.silence, this.ctx, socket)) {
      this.close(socket, 4408, 'too_slow')
    } else {
      held.silence.characters += text.length
      socket.send(text)
    }
  }

  #remember(socket: WebSocket, identity: Identity): void {
    this.#held.set(socket, { ...identity, silence: silence.begin() })
    const own = this.#byUser.get(identity.userId) ?? new Set()
    this.#byUser.set(identity.userId, own.add(socket))
  }
}
