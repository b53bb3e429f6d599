import type { BackOff } from './connection/back-off'
import type { SocketClass } from './connection/connection'
import type { SessionOptions } from './connection/session'

/** Calls `send` and answers what it answers, or cuts it off by `abort`. */
export type Transfer = <T>(send: () => Promise<T>, abort: () => void) => Promise<T>

export interface ChatOptions extends SessionOptions {
  fetch?: typeof fetch
  WebSocket?: SocketClass
  /** Sends each request of a resumable upload, which does not go through `fetch`. */
  transfer?: Transfer
  backOff?: BackOff
  /** How long to wait for the answer to a command, in milliseconds, before it is sent again. */
  answerMs?: number
}
