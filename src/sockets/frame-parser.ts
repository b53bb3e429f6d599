import type { z } from 'zod'
import { ApiError } from '../errors'
import { MAX_FRAME } from '../schemas/socket'

/**
 * Parses one frame of a client as a command. A frame that is not even an object with a usable `ref` is `malformed`: nobody can be
 * answered, so the socket is closed. Otherwise what is wrong is the answer (`invalid`).
 */
export function parseFrame<Command>(
  schema: z.ZodType<Command>,
  frame: string | ArrayBuffer,
): { command: Command } | { ref: string | number; refusal: ApiError } {
  if (typeof frame !== 'string') throw new ApiError('malformed', 'Send frames as text.')
  if (isTooLong(frame)) {
    throw new ApiError('too_large', `A frame has at most ${MAX_FRAME} bytes.`)
  }
  const content = toJson(frame)
  const parsed = schema.safeParse(content)
  if (parsed.success) return { command: parsed.data }
  const errors = parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }))
  const detail = errors[0] ? `${errors[0].path || 'frame'}: ${errors[0].message}` : 'Invalid frame.'
  const refusal = new ApiError('invalid', detail, { errors })
  const ref = refOf(content)
  if (ref === undefined) throw refusal
  return { ref, refusal }
}

/** A UTF-16 unit is one to three bytes of UTF-8, so most frames need no counting. */
function isTooLong(frame: string): boolean {
  if (frame.length * 3 <= MAX_FRAME) return false
  return frame.length > MAX_FRAME || new TextEncoder().encode(frame).length > MAX_FRAME
}

function toJson(frame: string): unknown {
  try {
    return JSON.parse(frame)
  } catch {
    throw new ApiError('malformed', 'Send frames as JSON.')
  }
}

function refOf(content: unknown): string | number | undefined {
  if (typeof content !== 'object' || content === null || !('ref' in content)) return undefined
  const { ref } = content
  if (typeof ref === 'string' && ref.length <= 64) return ref
  return typeof ref === 'number' && Number.isSafeInteger(ref) ? ref : undefined
}
