/** A client pings every 30 seconds. One that pinged and has missed three is not there, though its socket is still open. */
export const DEAD_AFTER_MS = 90_000
/** Between two looks at all sockets of an object, because a crowd that comes back would have each looked at for each. */
export const JUDGE_MS = 10_000

/**
 * When a socket was last heard of, if that is so long ago that it counts as dead; null otherwise. A socket that has never
 * pinged cannot be judged. The runtime keeps the time of the last ping, also while the object sleeps.
 */
export function diedAt(
  ctx: Pick<DurableObjectState, 'getWebSocketAutoResponseTimestamp'>,
  socket: WebSocket,
  heardAt: number,
  now: number,
): number | null {
  const pingedAt = ctx.getWebSocketAutoResponseTimestamp(socket)?.getTime()
  if (pingedAt === undefined) return null
  const last = Math.max(pingedAt, heardAt)
  return now - last >= DEAD_AFTER_MS ? last : null
}
