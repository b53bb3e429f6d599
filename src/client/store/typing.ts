import type { Author } from '../protocol'

/** How long a signal lasts; the room repeats it every 5 seconds while somebody types. */
export const TYPING_MS = 8_000

/** Who is typing. Nobody says that they stopped, so it ends by itself. */
export class Typing {
  readonly #timers = new Map<string, { user: Author; timer: ReturnType<typeof setTimeout> }>()

  constructor(readonly onChange: () => void) {}

  list(): Author[] {
    return [...this.#timers.values()].map(({ user }) => user)
  }

  began(user: Author): void {
    clearTimeout(this.#timers.get(user.id)?.timer)
    const timer = setTimeout(() => this.ended(user.id), TYPING_MS)
    this.#timers.set(user.id, { user, timer })
    this.onChange()
  }

  ended(userId: string): void {
    clearTimeout(this.#timers.get(userId)?.timer)
    if (this.#timers.delete(userId)) this.onChange()
  }

  clear(): void {
    for (const userId of [...this.#timers.keys()]) this.ended(userId)
  }
}
