import { ApiError, rootOf } from '../../errors'
import type { SocketProblem } from '../../schemas/problems'
import { isOutOfStorage, roomUnavailable } from './storage-errors'

/** A refusal as it travels over the socket. Any other error is logged and sent without its text. */
export function toSocketProblem(error: unknown): SocketProblem {
  if (error instanceof ApiError) {
    const { retryAfter, errors, seq, nextPostAt } = error.extras
    return {
      code: error.code,
      detail: error.detail,
      ...(retryAfter !== undefined && { retryAfter }),
      ...(errors && { errors }),
      ...(seq !== undefined && { seq }),
      ...(nextPostAt && { nextPostAt }),
    }
  }
  const { name, message, stack } = rootOf(error)
  console.error({ level: 'error', name, message, stack })
  if (isOutOfStorage(error)) return toSocketProblem(roomUnavailable())
  return { code: 'internal', detail: 'Something went wrong on our side. The failure was logged.' }
}
