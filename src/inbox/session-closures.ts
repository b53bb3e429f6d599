import { rootOf } from '../errors'
import * as sessions from './sessions'

// A room is called at once, and again for upgrades that were on their way: they pass the room's own memory of ended
// sessions, unless it was evicted meanwhile.
const CALLS_AFTER_MS = [0, 1000, 5000]
const RETRY_MS = 1000
const MAX_RETRY_MS = 60_000
const CONCURRENT_CALLS = 20

interface Ports {
  sql: SqlStorage
  /** Has a room close the sockets of a session. Throws `unavailable`. */
  closeSession: (roomId: string, sessionId: string) => Promise<unknown>
  reschedule: () => void
}

/** The rooms that must close the sockets of ended sessions, and the calls that tell them. */
export class SessionClosures {
  #running: Promise<void> | null = null
  #failures = 0

  constructor(private readonly ports: Ports) {}

  /** Calls the rooms that are due, one run at a time. Never throws: the alarm tries again. */
  run(): Promise<void> {
    this.#running ??= this.#runDue().finally(() => {
      this.#running = null
      this.ports.reschedule()
    })
    return this.#running
  }

  async #runDue(): Promise<void> {
    for (;;) {
      const due = sessions.dueClosures(this.ports.sql, Date.now(), CONCURRENT_CALLS)
      if (due.length === 0) return
      await Promise.all(due.map((closure) => this.#call(closure)))
    }
  }

  async #call(closure: sessions.Closure): Promise<void> {
    const { sql } = this.ports
    const { roomId, sessionId } = closure
    try {
      await this.ports.closeSession(roomId, sessionId)
      this.#failures = 0
    } catch (error) {
      console.error({
        level: 'error',
        work: 'session closures',
        roomId,
        message: rootOf(error).message,
      })
      this.#failures += 1
      const delay = Math.min(RETRY_MS * 2 ** this.#failures, MAX_RETRY_MS)
      return sessions.postpone(sql, closure, Date.now() + delay)
    }
    const calls = closure.calls + 1
    const wait = (CALLS_AFTER_MS[calls] ?? 0) - (CALLS_AFTER_MS[closure.calls] ?? 0)
    if (wait > 0) sessions.postpone(sql, { ...closure, calls }, Date.now() + wait)
    else sessions.removeClosure(sql, closure)
  }
}
