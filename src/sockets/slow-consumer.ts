/** What a socket was sent since anything was heard of it. */
export interface Unheard {
  sentBytes: number
  /** When its last ping was answered, as of the last look. */
  pingedAt: number
  /** When it last sent a frame, since the object woke. */
  heardAt: number
}

// The runtime has no `bufferedAmount`: it buffers what a stuck reader does not take, unseen and without limit, and the
// object has 128 MB for all. A reader that is not stuck sends something now and then.
// See docs/decisions/0015-slow-consumers.md.
const MAX_BYTES = 8 * 1024 * 1024

export const nothingUnheard = (): Unheard => ({ sentBytes: 0, pingedAt: 0, heardAt: 0 })

/** Whether a socket counts as stuck. A ping shows that it is not, though only the runtime sees pings. */
export function isStuck(
  unheard: Unheard,
  ctx: Pick<DurableObjectState, 'getWebSocketAutoResponseTimestamp'>,
  socket: WebSocket,
): boolean {
  if (unheard.sentBytes <= MAX_BYTES) return false
  const pingedAt = ctx.getWebSocketAutoResponseTimestamp(socket)?.getTime() ?? 0
  if (pingedAt === unheard.pingedAt) return true
  unheard.pingedAt = pingedAt
  unheard.sentBytes = 0
  return false
}
