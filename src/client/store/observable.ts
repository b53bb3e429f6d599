/** Something to look at and to be told of, in the form that `useSyncExternalStore` takes. */
export interface Observable<T> {
  /** The same object until something changes. */
  getSnapshot: () => T
  subscribe: (listener: () => void) => () => void
}

/** A value that is made again only when somebody looks after a change. */
export class Derived<T> implements Observable<T> {
  readonly #listeners = new Set<() => void>()
  #value: T | undefined
  #isStale = true

  constructor(readonly derive: () => T) {}

  getSnapshot = (): T => {
    if (this.#isStale) {
      this.#value = this.derive()
      this.#isStale = false
    }
    return this.#value as T
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  changed(): void {
    this.#isStale = true
    for (const listener of [...this.#listeners]) listener()
  }
}
