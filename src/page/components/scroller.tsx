import { useEffect, useLayoutEffect, useState } from 'preact/hooks'

/** This near the end counts as the end. */
const NEAR = 48

/**
 * Keeps its place: at the end it follows what is added there; anywhere else what is being read stays where it is, whatever
 * is added before or after it, or grows. What must stay are elements with `data-nonce`.
 */
export class Scroller {
  readonly box: { current: HTMLDivElement | null } = { current: null }
  readonly content: { current: HTMLDivElement | null } = { current: null }
  isAtEnd = true
  /** Whether its end is that of all there is, so that what is added there is to be followed. */
  follows = true
  #anchor: { element: Element; top: number } | null = null

  constructor(readonly onChange: (isAtEnd: boolean) => void) {}

  settle = (): void => {
    const view = this.box.current
    if (!view) return
    if (this.isAtEnd && this.follows) {
      view.scrollTop = view.scrollHeight
      return
    }
    const kept = this.#anchor
    if (!kept?.element.isConnected) return
    const moved = kept.element.getBoundingClientRect().top - topOf(view) - kept.top
    if (Math.abs(moved) >= 1) view.scrollTop += moved
  }

  toEnd = (): void => {
    this.isAtEnd = true
    this.settle()
    this.#remember()
  }

  to = (element: Element, block: ScrollLogicalPosition): void => {
    this.isAtEnd = false
    element.scrollIntoView({ block })
    this.#remember()
  }

  listen(): () => void {
    const view = this.box.current
    if (!view) return () => {}
    const observer = new ResizeObserver(this.settle)
    observer.observe(view)
    if (this.content.current) observer.observe(this.content.current)
    view.addEventListener('scroll', this.#remember, { passive: true })
    return () => {
      observer.disconnect()
      view.removeEventListener('scroll', this.#remember)
    }
  }

  #remember = (): void => {
    const view = this.box.current
    if (!view) return
    this.isAtEnd = this.follows && view.scrollHeight - view.scrollTop - view.clientHeight < NEAR
    this.onChange(this.isAtEnd)
    const top = topOf(view)
    this.#anchor = null
    for (const element of view.querySelectorAll('[data-nonce]')) {
      const place = element.getBoundingClientRect()
      if (place.bottom <= top) continue
      this.#anchor = { element, top: place.top - top }
      break
    }
  }
}

const topOf = (element: Element): number => element.getBoundingClientRect().top

/** A scroller, and whether its end is in sight. */
export function useScroller(): [Scroller, boolean] {
  const [isEndShown, setEndShown] = useState(true)
  const [scroller] = useState(() => new Scroller(setEndShown))
  useLayoutEffect(scroller.settle)
  useEffect(() => scroller.listen(), [scroller])
  return [scroller, isEndShown]
}
