import { ApiError, type Code, type ProblemExtras } from '../errors'
import type { SocketProblem } from '../schemas/problems'
import type { ChatRoom } from './room'

/** What crosses RPC: errors lose their class there and are logged as uncaught, so a refusal is data. */
export type Answer<T> =
  | { ok: true; value: T }
  | { ok: false; code: Code; detail: string; extras: ProblemExtras }

/** A value as JSON: as text it crosses RPC at a fraction of what an object costs, and need not be read again. */
export interface Written<T> {
  json: string
  /** Nothing at run time. */
  of?: T
}

export const written = <T>(value: T): Written<T> => ({ json: JSON.stringify(value) })

/** Inside the room: turns a thrown `ApiError` into data. */
export async function answer<T>(work: () => T | Promise<T>): Promise<Answer<T>> {
  try {
    return { ok: true, value: await work() }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    return { ok: false, code: error.code, detail: error.detail, extras: error.extras }
  }
}

/** A refusal as it travels over the socket; anything that is not one is logged and told without its text. */
export function toProblem(error: unknown): SocketProblem {
  if (error instanceof ApiError) {
    const { retryAfter, errors } = error.extras
    return {
      code: error.code,
      detail: error.detail,
      ...(retryAfter !== undefined && { retryAfter }),
      ...(errors && { errors }),
    }
  }
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error))
  console.error({ level: 'error', name, message, stack })
  if (isOutOfStorage(error)) return toProblem(cannotAnswer())
  return { code: 'internal', detail: 'The failure was logged.' }
}

const ATTEMPTS = 3
const BACK_OFF_MS = 100

/**
 * Outside the room: calls it and throws its refusals again. A call that may be repeated (`retryable`) is,
 * with a new stub: every command is idempotent. Throws `unavailable` when the room cannot be reached.
 */
export async function ask<T>(
  rooms: DurableObjectNamespace<ChatRoom>,
  roomId: string,
  call: (room: DurableObjectStub<ChatRoom>) => Promise<Answer<T>>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const answered = await call(rooms.get(rooms.idFromName(roomId)))
      if (answered.ok) return answered.value
      throw new ApiError(answered.code, answered.detail, answered.extras)
    } catch (error) {
      if (error instanceof ApiError) throw error
      if (!isRetryable(error) || attempt === ATTEMPTS) throw unavailable(error)
      await scheduler.wait(BACK_OFF_MS * 2 ** attempt * Math.random())
    }
  }
}

interface Failure {
  retryable?: boolean
  overloaded?: boolean
}

// The runtime marks its own failures: an overloaded object must not be asked again.
function isRetryable(error: unknown): boolean {
  const { retryable, overloaded } = error as Failure
  return retryable === true && overloaded !== true
}

function unavailable(error: unknown): unknown {
  const { retryable, overloaded } = error as Failure
  if (retryable || overloaded) return cannotAnswer()
  if (!isOutOfStorage(error)) return error
  console.error({ level: 'error', work: 'storage', message: (error as Error).message })
  return cannotAnswer()
}

const cannotAnswer = () =>
  new ApiError('unavailable', 'The room cannot answer right now.', { retryAfter: 1 })

// Thrown by a statement or, when the commit failed, by whatever call was waiting for it.
const isOutOfStorage = (error: unknown): boolean =>
  error instanceof Error && /SQLITE_(FULL|IOERR)/.test(error.message)
