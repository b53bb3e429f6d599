import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { Icon } from './icon'

interface FrameProps {
  title: string
  subtitle?: string | undefined
  onClose: () => void
  /** What stands beside the title. */
  tools?: ComponentChildren
  children: ComponentChildren
}

/** It takes the focus when it opens, and closes with Escape. */
export function PanelFrame({ title, subtitle, onClose, tools, children }: FrameProps) {
  const head = useRef<HTMLHeadingElement>(null)
  // Where it covers the room, there is no other heading.
  const isAlone = matchMedia('(max-width: 63.99rem)').matches
  useEffect(() => head.current?.focus(), [])
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && !event.defaultPrevented) onClose()
  }
  return (
    <aside class="panel" aria-label={title} onKeyDown={onKeyDown}>
      <header class="panel-head">
        <div class="panel-title">
          {isAlone && <h1 class="visually-hidden">Room</h1>}
          <h2 ref={head} tabIndex={-1}>
            {title}
          </h2>
          {subtitle && <p>{subtitle}</p>}
        </div>
        {tools}
        <button type="button" class="icon-button" aria-label={`Close ${title}`} onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      {children}
    </aside>
  )
}
