import { isRuntimeFailure, withRetries } from '../durable-objects/retry'
import type { RpcResult } from '../durable-objects/rpc-result'
import { ApiError } from '../errors'
import type { ChatRoom } from './chat-room'
import { isOutOfStorage, roomUnavailable } from './commit/storage-errors'
import { type InternalRequest, isRefusal, toUrl } from './transport/internal-request'

/**
 * Calls a room from outside and throws its refusals. Repeats a call that the runtime calls `retryable`, which is safe
 * because every command is idempotent. Throws `unavailable` when the room cannot be reached.
 */
export async function ask<T>(
  rooms: DurableObjectNamespace<ChatRoom>,
  roomId: string,
  call: (room: DurableObjectStub<ChatRoom>) => Promise<RpcResult<T>>,
): Promise<T> {
  const result = await withRetries(() => call(rooms.get(rooms.idFromName(roomId)))).catch(
    (error) => {
      throw unavailable(error)
    },
  )
  if (result.ok) return result.value
  throw new ApiError(result.code, result.detail, result.extras)
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

function unavailable(error: unknown): unknown {
  if (error instanceof ApiError) return error
  if (isRuntimeFailure(error)) return roomUnavailable()
  if (!isOutOfStorage(error) && !isInternal(error)) return error
  console.error({ level: 'error', work: 'storage', message: (error as Error).message })
  return roomUnavailable()
}

// How the runtime says that an object broke, as one does whose commit was rolled back; it does not say which.
const isInternal = (error: unknown): boolean =>
  error instanceof Error && error.message.startsWith('internal error; reference = ')
