import { DurableObject } from 'cloudflare:workers'
import { ask } from '../room/client'
import * as schema from './schema'
import * as sessions from './sessions'

// A room is called at once, and again for upgrades that were on their way: they pass the room's own memory of ended
// sessions, unless it was evicted meanwhile.
const CALLS_AFTER_MS = [0, 1000, 5000]
const RETRY_MS = 1000
const MAX_RETRY_MS = 60_000
const CONCURRENT_CALLS = 20
const SWEEP_MS = 5 * 60_000

/** One user's inbox: the authority on which of their sessions have ended. */
export class Inbox extends DurableObject<Env> {
  #closing: Promise<void> | null = null
  #failures = 0

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
  }

  /** Ends every session there is and will be: the account was deleted. */
  endAccount(until: number): void {
    this.#end((now) => sessions.endAccount(this.#sql, until, now))
  }

  override async alarm(): Promise<void> {
    await this.#close()
    sessions.sweep(this.#sql, Date.now())
    this.#schedule()
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

  /** Sets the alarm to the next closure, or to the next sweep but not more often than every five minutes. */
  #schedule(): void {
    const { closure, sweep } = sessions.nextTimes(this.#sql)
    const sweepAt = sweep === null || sweep >= 9e15 ? null : Math.max(sweep, Date.now() + SWEEP_MS)
    const next = Math.min(closure ?? Infinity, sweepAt ?? Infinity)
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
