import { DurableObject } from 'cloudflare:workers'
import { secretsOf } from '../auth/tokens'
import { open } from '../directory/database'
import { toRpcResult } from '../durable-objects/rpc-result'
import { rootOf } from '../errors'
import { parseRateLimit, TokenBuckets } from '../rate-limit/token-bucket'
import { ask } from '../room/client'
import type { InboxUpdate } from '../schemas/inbox'
import type { Room } from '../schemas/rooms'
import { echoClose } from '../sockets/echo-close'
import type { Identity } from '../sockets/identity'
import { handleFrame } from './frame-handler'
import { LiveInbox } from './live-inbox'
import { exchangePresence } from './presence-client'
import type { PresenceNews } from './presence-row'
import * as presenceRow from './presence-row'
import type { NewsAnswer, RoomNews } from './room-news'
import * as schema from './schema'
import { SessionClosures } from './session-closures'
import * as sessions from './sessions'

const SWEEP_MS = 5 * 60_000

/** One user's inbox: the authority on which of their sessions have ended, and the far end of their socket for all rooms. */
export class Inbox extends DurableObject<Env> {
  readonly #closures = new SessionClosures({
    sql: this.ctx.storage.sql,
    closeSession: (roomId, sessionId) =>
      ask(this.env.ROOMS, roomId, (room) => room.closeSession(sessionId)),
    reschedule: () => this.#schedule(),
  })
  /** Made when something is heard of rooms or sockets: what only asks for sessions needs none. */
  #live: LiveInbox | null = null
  /** What the alarm was last set to; null where this object has not set it. */
  #alarmAt: number | null = null

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
    if (!this.#hasSockets) return
    for (const sessionId of sessionIds) this.#inbox.sockets.closeSession(sessionId)
    this.#inbox.send(sessionIds.map((sessionId) => ({ type: 'session.ended', sessionId })))
  }

  /** Ends every session there is and will be: the account was deleted. */
  endAccount(until: number): void {
    this.#end((now) => sessions.endAccount(this.#sql, until, now))
    if (!this.#hasSockets) return
    this.#inbox.sockets.closeEveryone(4401, 'unauthenticated')
  }

  /** What a room is to the user now, told by the room. */
  tell(news: RoomNews): NewsAnswer {
    return this.#inbox.tell(news, Date.now())
  }

  /** What else the user's devices are to know. Says whether any is there. */
  publish(updates: InboxUpdate[]): boolean {
    if (!this.#hasSockets) return false
    this.#inbox.send(updates)
    return this.#inbox.isOnline
  }

  /** Whom the user blocks from now on. */
  setBlocks(blocks: string[]): void {
    if (this.#hasSockets) this.#inbox.setBlocks(blocks)
  }

  /** Takes how a direct peer is, and answers how the user is. Calls nobody, so no loop can come of it. */
  exchangePresence(from: string, news: PresenceNews): PresenceNews {
    const now = Date.now()
    if (this.#hasSockets) return this.#inbox.presence.take(from, news, now)
    return presenceRow.answerAbsent(this.#sql, from, news, now)
  }

  /** How the user is, whoever may know. */
  readPresence(): PresenceNews {
    const now = Date.now()
    return this.#hasSockets ? this.#inbox.presence.read(now) : presenceRow.absent(this.#sql, now)
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
    const result = await toRpcResult(() => this.#inbox.connect(identity, Date.now()))
    if (!result.ok) return Response.json(result, { status: 400 })
    return new Response(null, { status: 101, webSocket: result.value })
  }

  override webSocketMessage(socket: WebSocket, frame: string | ArrayBuffer): Promise<void> {
    const ports = {
      secrets: secretsOf(this.env),
      isAlive: (sessionId: string) => this.isAlive(sessionId),
      markRead: (userId: string, roomId: string, seq: number) =>
        ask(this.env.ROOMS, roomId, (room) => room.moveReadMarker({ userId }, { seq })),
      socketChanged: () => {
        this.#inbox.presence.changed()
        this.#scheduleSooner()
      },
    }
    return handleFrame(this.#inbox, ports, socket, frame, Date.now())
  }

  override webSocketClose(socket: WebSocket, code: number, reason: string): void {
    this.#remove(socket)
    echoClose(socket, code, reason)
  }

  override webSocketError(socket: WebSocket): void {
    this.#remove(socket)
  }

  override async alarm(): Promise<void> {
    const now = Date.now()
    await this.#closures.run()
    sessions.sweep(this.#sql, now)
    if (this.#hasSockets) {
      this.#inbox.sockets.closeExpired(now)
      this.#inbox.presence.judge(now)
      const { compareAt } = this.#inbox
      if (compareAt !== null && compareAt <= now) await this.#compare(now)
    } else if (presenceRow.dueAt(this.#sql, now) !== null) await this.#inbox.presence.expire(now)
    this.#schedule()
  }

  #remove(socket: WebSocket): void {
    this.#inbox.sockets.remove(socket)
    this.#inbox.presence.changed()
  }

  /** Never throws: an alarm that fails too often is given up. */
  #compare(now: number): Promise<void> {
    this.#inbox.presence.compare()
    return this.#inbox.watch.compare(now).catch((error) => {
      console.error({ level: 'error', work: 'inbox', message: rootOf(error).message })
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
        exchangePresence: (peerId, from, news) => exchangePresence(this.env, peerId, from, news),
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
    this.ctx.waitUntil(this.#closures.run())
  }

  #schedule(): void {
    this.#setAlarm(this.#nextAlarm)
  }

  /** For what comes often and asks for no later alarm: an alarm costs a row. */
  #scheduleSooner(): void {
    const next = this.#nextAlarm
    if (next < (this.#alarmAt ?? Infinity)) this.#setAlarm(next)
  }

  #setAlarm(at: number): void {
    this.#alarmAt = at
    if (Number.isFinite(at)) this.ctx.storage.setAlarm(at)
    else this.ctx.storage.deleteAlarm()
  }

  /** The next closure or comparison, or the next sweep but not more often than every five minutes. */
  get #nextAlarm(): number {
    const { closure, sweep } = sessions.nextTimes(this.#sql)
    // A socket whose token has expired is closed with the next sweep, unless it is used before.
    const expiry = this.#hasSockets ? this.#inbox.sockets.nextExpiry : null
    const sweeps = [sweep, expiry].filter((at) => at !== null && at < 9e15) as number[]
    const sweepAt = sweeps.length > 0 ? Math.max(Math.min(...sweeps), Date.now() + SWEEP_MS) : null
    const compareAt = this.#hasSockets ? this.#inbox.compareAt : null
    const now = Date.now()
    const presenceAt = this.#hasSockets
      ? this.#inbox.presence.sweepAt(now)
      : presenceRow.dueAt(this.#sql, now)
    const times = [closure, sweepAt, compareAt, presenceAt]
    const next = Math.min(...times.map((at) => at ?? Infinity))
    return next
  }

  get #hasSockets(): boolean {
    return this.#live?.isOnline ?? this.ctx.getWebSockets().length > 0
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
