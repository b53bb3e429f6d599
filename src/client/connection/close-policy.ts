/** What to do after a socket closed. */
export type AfterClose =
  | { next: 'stay-away' }
  | { next: 'refresh' }
  /** Reconnect after `wait`, or after a back-off where there is none, in milliseconds. */
  | { next: 'reconnect'; wait?: number }

/** Every client of a deployment is cut at once, so they return over some time. */
const RESTART_MS = 5_000
const STAY_AWAY = [1000, 4400, 4403, 4404, 4409]

export function afterClose(code: number, reason: string): AfterClose {
  if (STAY_AWAY.includes(code)) return { next: 'stay-away' }
  if (code === 4401) return { next: 'refresh' }
  if (code === 1012) return { next: 'reconnect', wait: Math.random() * RESTART_MS }
  if (code === 4429) {
    const seconds = Number(/retryAfter=(\d+)/.exec(reason)?.[1] ?? 1)
    return { next: 'reconnect', wait: seconds * 1000 * (1 + Math.random() / 2) }
  }
  return { next: 'reconnect' }
}
