import type { ApiError, Code } from '../errors'

/** Why a room or an inbox closes a socket, and what the client should do next. */
export const closeCodes: Record<number, { why: string; next: string }> = {
  1000: { why: 'The client closed it.', next: 'Do not reconnect.' },
  1012: { why: 'The server restarts.', next: 'Reconnect with `after`, after a random delay.' },
  4400: {
    why: 'The request or a frame was malformed. The reason says what is wrong.',
    next: 'Do not reconnect. This is a bug in the client.',
  },
  4401: {
    why: 'The access token is expired or not valid.',
    next: 'Refresh the session, then reconnect with `after`.',
  },
  4403: {
    why: 'You were removed or banned, or may not read this room.',
    next: 'Do not reconnect.',
  },
  4404: { why: 'The room does not exist or was deleted.', next: 'Do not reconnect.' },
  4408: {
    why: 'The client received 8 MiB without sending a ping or a command (`too_slow`), or it pinged once and then sent nothing for 90 seconds (`silent`).',
    next: 'Reconnect with `after`.',
  },
  4409: {
    why: 'You have 20 sockets open in this room, or 20 for all your rooms, which is the maximum.',
    next: 'Do not reconnect until one of the others closes.',
  },
  4429: {
    why: 'The client sent too many frames, opened sockets too often, or its sockets hold replays and none has sent a ping.',
    next: 'Wait the seconds that the reason names (`retryAfter=`), then reconnect with `after`.',
  },
}

/** The close code for a problem that ends a socket. */
export function closeCodeOf(code: Code): number {
  switch (code) {
    case 'unauthenticated':
    case 'token_expired':
      return 4401
    case 'not_found':
    case 'gone':
      return 4404
    case 'malformed':
    case 'invalid':
    case 'too_large':
    case 'unsupported_type':
      return 4400
    case 'too_many':
      return 4409
    case 'rate_limited':
      return 4429
    case 'internal':
    case 'unavailable':
      return 1012
    default:
      return 4403
  }
}

// The protocol's limit, in bytes of UTF-8. A longer reason throws.
const MAX_REASON = 123
const DEFAULT_WAIT = 1

/**
 * What a close says beside its code: the code of the problem, and after `; ` what a client needs to know of it: how
 * many seconds to wait, or what is malformed.
 */
export function closeReasonOf({ code, detail, extras }: ApiError): string {
  switch (closeCodeOf(code)) {
    case 4429:
      return `${code}; retryAfter=${extras.retryAfter ?? DEFAULT_WAIT}`
    case 4400:
      return shortened(`${code}; ${detail}`)
    default:
      return code
  }
}

/** Cuts between characters, not within one. */
function shortened(reason: string): string {
  const { read } = new TextEncoder().encodeInto(reason, new Uint8Array(MAX_REASON))
  return reason.slice(0, read)
}
