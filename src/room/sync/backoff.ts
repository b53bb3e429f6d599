// Counts reach the index about this often: not to the second, or rooms that woke together would stay together.
const INTERVAL_MS = 5000
const jitteredInterval = () => INTERVAL_MS * (0.75 + Math.random() / 2)
const MIN_RETRY_MS = 1000
const MAX_RETRY_MS = 30_000

/** When the directory's index may be told again: not more often than it has to be, and rarer when it is slow or fails. */
export class Backoff {
  #dueAt = 0
  #failingSince: number | null = null

  get dueAt(): number {
    return this.#dueAt
  }

  succeeded(startedAt: number, now: number): void {
    this.#failingSince = null
    this.#dueAt = now + Math.max(jitteredInterval(), 10 * (now - startedAt))
  }

  /** Tries rarer the longer it fails, however many callers try meanwhile. */
  failed(now: number): void {
    this.#failingSince ??= now
    const delay = now - this.#failingSince
    this.#dueAt = now + Math.min(Math.max(delay, MIN_RETRY_MS), MAX_RETRY_MS)
  }
}
