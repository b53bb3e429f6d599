import { DurableObject } from 'cloudflare:workers'
import { secretsOf } from '../auth/tokens'
import { open } from '../directory/database'
import { toRpcResult } from '../durable-objects/rpc-result'
import { parseRateLimit, TokenBuckets } from '../rate-limit/token-bucket'
import { ask } from '../room/client'
import type { InboxUpdate } from '../schemas/inbox'
import type { Room } from '../schemas/rooms'
import { echoClose } from '../sockets/echo-close'
import type { Identity } from '../sockets/identity'
import { handleFrame } from './frame-handler'
import { LiveInbox } from './live-inbox'
import type { NewsAnswer, RoomNews } from './room-news'
import * as schema from './schema'
import * as sessions from './sessions'

// A room is called at once, and again for upgrades that were on their way: they pass the room's own memory of ended
// sessions, unless it was evicted meanwhile.
const CALLS_AFTER_MS = [0, 1000, 5000]
const RETRY_MS = 1000
const MAX_RETRY_MS = 60_000
const CONCURRENT_CALLS = 20
const SWEEP_MS = 5 * 60_000

/** One user's inbox: the authority on which of their sessions have ended, and the far end of their socket for all rooms. */
export class Inbox extends DurableObject<Env> {
  #closing: Promise<void> | null = null
  #failures = 0
  /** Made when something is heard of rooms or sockets: what only asks for sessions needs none. */
  #live: LiveInbox | null = null

  /** Whether a session has not ended. */
  isAlive(sessionId: string): boolean {
    return !this.#exists || sessions.isAlive(this.#sql, sessionId)
  }

  /** Whether a session may open a socket in a room; the room is told when the session ends. */
  register(sessionId: string, roomId: string, until: number): boolean {
    this.#migrate()
    if (!sessions.isAlive(this.#sql, sessionId)) return false
    sessions.register(this.#sql, sessionId, roomId, until)
    this.#schedule()
    return true
  }

  /** Ends sessions; `until` is when their last access token expires. Their sockets are closed in the background. */
  endSessions(sessionIds: string[], until: number): void {
    this.#end((now) => sessions.end(this.#sql, sessionIds, until, now))
    if (this.ctx.getWebSockets().length === 0) return
    for (const sessionId of sessionIds) this.#inbox.sockets.closeSession(sessionId)
    this.#inbox.send(sessionIds.map((sessionId) => ({ type: 'session.ended', sessionId })))
  }

  /** Ends every session there is and will be: the account was deleted. */
  endAccount(until: number): void {
    this.#end((now) => sessions.endAccount(this.#sql, until, now))
    if (this.ctx.getWebSockets().length === 0) return
    this.#inbox.sockets.closeEveryone(4401, 'unauthenticated')
  }

  /** What a room is to the user now, told by the room. */
  tell(news: RoomNews): NewsAnswer {
    return this.#inbox.tell(news, Date.now())
  }

  /** What else the user's devices are to know. Says whether any is there. */
  publish(updates: InboxUpdate[]): boolean {
    if (this.ctx.getWebSockets().length === 0) return false
    this.#inbox.send(updates)
    return this.#inbox.isOnline
  }

  /** Whom the user blocks from now on. */
  setBlocks(blocks: string[]): void {
    if (this.ctx.getWebSockets().length > 0) this.#inbox.setBlocks(blocks)
  }

  /** Of the rooms at these versions those that are known to be at a later one; null for those that are gone. */
  newerThan(
    versions: { roomId: string; version: number }[],
  ): { roomId: string; room: Room | null }[] {
    return this.#live?.newerThan(versions) ?? []
  }

  /** The rooms that told of a change a moment ago, which the directory may not have. */
  freshRooms(): Room[] {
    return this.#live?.freshRooms(Date.now()) ?? []
  }

  /** Opens a socket. */
  override async fetch(request: Request): Promise<Response> {
    const { searchParams } = new URL(request.url)
    const identity: Identity = {
      userId: searchParams.get('userId') ?? '',
      sessionId: searchParams.get('sessionId') ?? '',
      expiresAt: Number(searchParams.get('expiresAt')),
    }
    const result = await toRpcResult(() => this.#inbox.connect(identity, [], Date.now()))
    if (!result.ok) return Response.json(result, { status: 400 })
    return new Response(null, { status: 101, webSocket: result.value })
  }

  override webSocketMessage(socket: WebSocket, frame: string | ArrayBuffer): Promise<void> {
    const ports = {
      secrets: secretsOf(this.env),
      isAlive: (sessionId: string) => this.isAlive(sessionId),
      markRead: (userId: string, roomId: string, seq: number) =>
        ask(this.env.ROOMS, roomId, (room) => room.moveReadMarker({ userId }, { seq })),
      socketChanged: () => this.#schedule(),
    }
    return handleFrame(this.#inbox, ports, socket, frame, Date.now())
  }

  override webSocketClose(socket: WebSocket, code: number, reason: string): void {
    this.#inbox.sockets.remove(socket)
    echoClose(socket, code, reason)
  }

  override webSocketError(socket: WebSocket): void {
    this.#inbox.sockets.remove(socket)
  }

  override async alarm(): Promise<void> {
    const now = Date.now()
    await this.#close()
    sessions.sweep(this.#sql, now)
    if (this.ctx.getWebSockets().length > 0) {
      this.#inbox.sockets.closeExpired(now)
      const { compareAt } = this.#inbox
      if (compareAt !== null && compareAt <= now) await this.#compare(now)
    }
    this.#schedule()
  }

  /** Never throws: an alarm that fails too often is given up. */
  #compare(now: number): Promise<void> {
    return this.#inbox.watch.compare(now).catch((error) => {
      console.error({ level: 'error', work: 'inbox', message: String(error) })
    })
  }

  get #inbox(): LiveInbox {
    this.#live ??= new LiveInbox(
      {
        ctx: this.ctx,
        directory: open(this.env.DB),
        watch: (roomId, userId, epoch) =>
          ask(this.env.ROOMS, roomId, (room) => room.watch(userId, epoch)),
        isAlive: (sessionId) => this.isAlive(sessionId),
        reschedule: () => this.#schedule(),
        presenceChanged: () => {},
      },
      new TokenBuckets(
        parseRateLimit('frames', this.env.FRAMES_PER_SECOND, this.env.FRAMES_AT_ONCE),
      ),
    )
    return this.#live
  }

  #end(write: (now: number) => void): void {
    this.ctx.storage.transactionSync(() => {
      this.#migrate()
      write(Date.now())
    })
    this.#schedule()
    this.ctx.waitUntil(this.#close())
  }

  /** Calls the rooms that are due, one run at a time. Never throws: the alarm tries again. */
  #close(): Promise<void> {
    this.#closing ??= this.#closeDue().finally(() => {
      this.#closing = null
      this.#schedule()
    })
    return this.#closing
  }

  async #closeDue(): Promise<void> {
    for (;;) {
      const due = sessions.dueClosures(this.#sql, Date.now(), CONCURRENT_CALLS)
      if (due.length === 0) return
      await Promise.all(due.map((closure) => this.#call(closure)))
    }
  }

  async #call(closure: sessions.Closure): Promise<void> {
    const { roomId, sessionId } = closure
    try {
      await ask(this.env.ROOMS, roomId, (room) => room.closeSession(sessionId))
      this.#failures = 0
    } catch (error) {
      console.error({ level: 'error', work: 'session closures', roomId, message: String(error) })
      this.#failures += 1
      const delay = Math.min(RETRY_MS * 2 ** this.#failures, MAX_RETRY_MS)
      return sessions.postpone(this.#sql, closure, Date.now() + delay)
    }
    const calls = closure.calls + 1
    const wait = (CALLS_AFTER_MS[calls] ?? 0) - (CALLS_AFTER_MS[closure.calls] ?? 0)
    if (wait > 0) sessions.postpone(this.#sql, { ...closure, calls }, Date.now() + wait)
    else sessions.removeClosure(this.#sql, closure)
  }

  /** Sets the alarm to the next closure or comparison, or to the next sweep but not more often than every five minutes. */
  #schedule(): void {
    const { closure, sweep } = sessions.nextTimes(this.#sql)
    const hasSockets = this.ctx.getWebSockets().length > 0
    // A socket whose token has expired is closed with the next sweep, unless it is used before.
    const expiry = hasSockets ? this.#inbox.sockets.nextExpiry : null
    const sweeps = [sweep, expiry].filter((at) => at !== null && at < 9e15) as number[]
    const sweepAt = sweeps.length > 0 ? Math.max(Math.min(...sweeps), Date.now() + SWEEP_MS) : null
    const compareAt = hasSockets ? this.#inbox.compareAt : null
    const next = Math.min(closure ?? Infinity, sweepAt ?? Infinity, compareAt ?? Infinity)
    if (Number.isFinite(next)) this.ctx.storage.setAlarm(next)
    else this.ctx.storage.deleteAlarm()
  }

  #migrate(): void {
    schema.migrate(this.#sql)
  }

  get #exists(): boolean {
    return schema.exists(this.#sql)
  }

  get #sql(): SqlStorage {
    return this.ctx.storage.sql
  }
}
