import { ApiError } from '../errors'
import type { ChatRoom } from './chat-room'
import { isOutOfStorage, roomUnavailable } from './commit/storage-errors'
import { type InternalRequest, isRefusal, toUrl } from './transport/internal-request'
import type { RpcResult } from './transport/rpc-result'

const ATTEMPTS = 3
const BACK_OFF_MS = 100

/**
 * Calls a room from outside and throws its refusals. Repeats a call that the runtime calls `retryable` with a new stub,
 * which is safe because every command is idempotent. Throws `unavailable` when the room cannot be reached.
 */
export async function ask<T>(
  rooms: DurableObjectNamespace<ChatRoom>,
  roomId: string,
  call: (room: DurableObjectStub<ChatRoom>) => Promise<RpcResult<T>>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const result = await call(rooms.get(rooms.idFromName(roomId)))
      if (result.ok) return result.value
      throw new ApiError(result.code, result.detail, result.extras)
    } catch (error) {
      if (error instanceof ApiError) throw error
      if (!isRetryable(error) || attempt === ATTEMPTS) throw unavailable(error)
      await scheduler.wait(BACK_OFF_MS * 2 ** attempt * Math.random())
    }
  }
}

/** Asks a room by a request, inside `ask`: for sockets and for pages. */
export async function fetchRoom(
  room: Pick<DurableObjectStub<ChatRoom>, 'fetch'>,
  request: InternalRequest,
): Promise<RpcResult<Response>> {
  const init = request.path === 'socket' ? { headers: { Upgrade: 'websocket' } } : {}
  const response = await room.fetch(toUrl(request), init)
  return isRefusal(response) ? response.json() : { ok: true, value: response }
}

interface RuntimeError {
  retryable?: boolean
  overloaded?: boolean
}

// The runtime marks its own failures: an overloaded object must not be asked again.
function isRetryable(error: unknown): boolean {
  const { retryable, overloaded } = error as RuntimeError
  return retryable === true && overloaded !== true
}

function unavailable(error: unknown): unknown {
  const { retryable, overloaded } = error as RuntimeError
  if (retryable || overloaded) return roomUnavailable()
  if (!isOutOfStorage(error) && !isInternal(error)) return error
  console.error({ level: 'error', work: 'storage', message: (error as Error).message })
  return roomUnavailable()
}

// How the runtime says that an object broke, as one does whose commit was rolled back; it does not say which.
const isInternal = (error: unknown): boolean =>
  error instanceof Error && error.message.startsWith('internal error; reference = ')
