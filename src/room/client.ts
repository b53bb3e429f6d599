import { ApiError, type Code, type ProblemExtras } from '../errors'
import type { EventsQuery } from '../schemas/events'
import type { MessagesQuery } from '../schemas/messages'
import type { SocketProblem } from '../schemas/problems'
import type { ChatRoom } from './chat-room'
import type { Identity } from './connections/socket-registry'
import type { Caller } from './policy/authorize'

/** What crosses RPC: errors lose their class there and are logged as uncaught, so a refusal is data. */
export type Answer<T> =
  | { ok: true; value: T }
  | { ok: false; code: Code; detail: string; extras: ProblemExtras }

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

/** What a room is asked by a request: RPC carries no socket, and it copies pages more often than their text is. */
export type Asked =
  | { what: 'socket'; identity: Identity; after: number | null }
  | { what: 'messages'; caller: Caller; query: MessagesQuery }
  | { what: 'events'; caller: Caller; query: EventsQuery }

const HEADER = 'X-Asked'
const REFUSED = 400

/** Outside the room: asks it by a request, for `ask`. */
export async function send(
  room: Pick<DurableObjectStub<ChatRoom>, 'fetch'>,
  asked: Asked,
): Promise<Answer<Response>> {
  const headers = {
    [HEADER]: JSON.stringify(asked),
    ...(asked.what === 'socket' && { Upgrade: 'websocket' }),
  }
  const response = await room.fetch('https://room/', { headers })
  return response.status === REFUSED ? response.json() : { ok: true, value: response }
}

/** Inside the room: reads a request. */
export const read = ({ headers }: Request): Asked => JSON.parse(headers.get(HEADER) ?? '')

/** Inside the room: what a request is answered. */
export const respond = (answered: Answer<Response>): Response =>
  answered.ok ? answered.value : Response.json(answered, { status: REFUSED })

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
  if (!isOutOfStorage(error) && !isOfRuntime(error)) return error
  console.error({ level: 'error', work: 'storage', message: (error as Error).message })
  return cannotAnswer()
}

const cannotAnswer = () =>
  new ApiError('unavailable', 'The room cannot answer right now.', { retryAfter: 1 })

// How the runtime tells that an object broke, as one does whose commit was rolled back: nothing says which. Whatever
// was asked may be asked again.
const isOfRuntime = (error: unknown): boolean =>
  error instanceof Error && error.message.startsWith('internal error; reference = ')

// Thrown by a statement or, when the commit failed, by whatever call was waiting for it.
const isOutOfStorage = (error: unknown): boolean =>
  error instanceof Error && /SQLITE_(FULL|IOERR)/.test(error.message)
