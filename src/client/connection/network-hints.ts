/** A network may be gone (`doubt`) or back (`online`), or the user is back at the page (`shown`). */
export type Hint = 'doubt' | 'online' | 'shown'
type Listener = (hint: Hint) => void

const EVENTS: Record<string, Hint> = {
  offline: 'doubt',
  online: 'online',
  visibilitychange: 'shown',
  pageshow: 'shown',
  focus: 'shown',
}

/** Signs that the network has gone or come back, which come sooner than a socket notices. */
export class NetworkHints {
  readonly #listeners = new Set<Listener>()

  /** A request failed without an answer. */
  doubt = (): void => this.#tell('doubt')

  listen(listener: Listener): () => void {
    if (this.#listeners.size === 0) this.#hear('addEventListener')
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
      if (this.#listeners.size === 0) this.#hear('removeEventListener')
    }
  }

  #hear(how: 'addEventListener' | 'removeEventListener'): void {
    for (const event of Object.keys(EVENTS)) globalThis[how]?.(event, this.#heard)
  }

  #heard = ({ type }: { type: string }): void => {
    const isHiding = type === 'visibilitychange' && document.visibilityState === 'hidden'
    const hint = EVENTS[type]
    if (hint && !isHiding) this.#tell(hint)
  }

  #tell(hint: Hint): void {
    for (const listener of [...this.#listeners]) listener(hint)
  }
}
