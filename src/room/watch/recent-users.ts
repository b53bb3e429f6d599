/** Who had something within the last so many milliseconds: each of them once, and no more than so many. */
export class RecentUsers {
  /** In the order of time. */
  readonly #at = new Map<string, number>()

  constructor(
    private readonly ms: number,
    private readonly limit: number,
  ) {}

  /** Whether the user may have it now; then they have had it. */
  take(userId: string, now: number): boolean {
    for (const [who, at] of this.#at) {
      if (now - at < this.ms) break
      this.#at.delete(who)
    }
    if (this.#at.has(userId) || this.#at.size >= this.limit) return false
    this.#at.set(userId, now)
    return true
  }
}
