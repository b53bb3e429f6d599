// A busy room syncs about this often. The jitter keeps rooms that woke together from syncing together.
const INTERVAL_MS = 5000
const jitteredInterval = () => INTERVAL_MS * (0.75 + Math.random() / 2)
const MIN_RETRY_MS = 1000
const MAX_RETRY_MS = 30_000

/** When the next sync may start. A slow directory is written to less often, a failing one less often the longer it fails. */
export class Backoff {
  #dueAt = 0
  #failingSince: number | null = null

  get dueAt(): number {
    return this.#dueAt
  }

  get isFailing(): boolean {
    return this.#failingSince !== null
  }

  succeeded(startedAt: number, now: number): void {
    this.#failingSince = null
    this.#dueAt = now + Math.max(jitteredInterval(), 10 * (now - startedAt))
  }

  /** The delay is how long it has been failing, so extra attempts in between do not lengthen it. */
  failed(now: number): void {
    this.#failingSince ??= now
    const delay = now - this.#failingSince
    this.#dueAt = now + Math.min(Math.max(delay, MIN_RETRY_MS), MAX_RETRY_MS)
  }
}
