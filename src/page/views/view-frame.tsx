import type { ComponentChildren } from 'preact'
import { addressOf } from '../app/routes'
import { Icon } from '../components/icon'

interface FrameProps {
  title: string
  subtitle?: string
  children: ComponentChildren
}

/** A view that is no room. */
export function ViewFrame({ title, subtitle, children }: FrameProps) {
  return (
    <section class="view" aria-label={title}>
      <header class="view-head">
        <a class="icon-button room-back" href={addressOf.home} aria-label="All rooms">
          <Icon name="back" />
        </a>
        <div>
          <h1>{title}</h1>
          {subtitle && <p>{subtitle}</p>}
        </div>
      </header>
      <div class="view-body">
        <div class="view-inside">{children}</div>
      </div>
    </section>
  )
}
