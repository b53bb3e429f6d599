import type { Presence } from '../protocol'

const OFFLINE: Presence = { online: false, away: false, lastSeenAt: null }

/** Who is there, and when the others last were, as far as it was told. */
export class Presences {
  readonly #byId = new Map<string, Presence>()

  get(userId: string): Presence {
    return this.#byId.get(userId) ?? OFFLINE
  }

  put(userId: string, presence: Presence): void {
    this.#byId.set(userId, presence)
  }

  /** Takes who is online now. When the others were last seen is as true as before. */
  replace(online: string[]): void {
    for (const [userId, { lastSeenAt }] of this.#byId) {
      if (lastSeenAt) this.put(userId, { ...OFFLINE, lastSeenAt })
      else this.#byId.delete(userId)
    }
    for (const userId of online) this.put(userId, { ...OFFLINE, online: true })
  }

  /** Takes what is asked for, unless it is known, or is told meanwhile: that is newer. */
  async ask(userId: string, request: () => Promise<Presence>): Promise<void> {
    if (this.#byId.has(userId)) return
    const asking = { ...OFFLINE }
    const isAsking = () => this.#byId.get(userId) === asking
    this.put(userId, asking)
    try {
      const presence = await request()
      if (isAsking()) this.put(userId, presence)
    } catch {
      if (isAsking()) this.#byId.delete(userId)
    }
  }

  clear(): void {
    this.#byId.clear()
  }
}
