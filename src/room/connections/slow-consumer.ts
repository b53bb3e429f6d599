/** What a socket was sent since it was last heard of. */
export interface Silence {
  characters: number
  /** When its last ping was answered, as far as this was looked at. */
  pingedAt: number
}

// The runtime has no `bufferedAmount`: it keeps what a stuck reader does not take, without limit and
// unseen, and the object has 128 MB for all. A reader who is not stuck sends something now and then.
const MAX_CHARACTERS = 8 * 1024 * 1024

export const begin = (): Silence => ({ characters: 0, pingedAt: 0 })

/** Whether it is too long; pings break it, though only the runtime hears them. */
export function isSuspicious(
  silence: Silence,
  ctx: Pick<DurableObjectState, 'getWebSocketAutoResponseTimestamp'>,
  socket: WebSocket,
): boolean {
  if (silence.characters <= MAX_CHARACTERS) return false
  const pingedAt = ctx.getWebSocketAutoResponseTimestamp(socket)?.getTime() ?? 0
  if (pingedAt === silence.pingedAt) return true
  silence.pingedAt = pingedAt
  silence.characters = 0
  return false
}
