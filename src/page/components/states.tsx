import type { ComponentChildren } from 'preact'
import { Icon, type IconName } from './icon'

interface EmptyProps {
  icon: IconName
  title: string
  children?: ComponentChildren
}

/** What stands where there is nothing yet. */
export function Empty({ icon, title, children }: EmptyProps) {
  return (
    <div class="empty">
      <span class="empty-icon">
        <Icon name={icon} />
      </span>
      <p class="empty-title">{title}</p>
      {children && <div class="empty-text">{children}</div>}
    </div>
  )
}

/** Something failed, and what to do about it. */
export function Failure({ problem, onRetry }: { problem: string; onRetry?: () => void }) {
  return (
    <div class="failure" role="alert">
      <Icon name="warning" />
      <p>{problem}</p>
      {onRetry && (
        <button type="button" class="button button-quiet" onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  )
}

/** Lines in the place of what is on its way. */
export function Skeleton({ rows = 5, label = 'Loading' }: { rows?: number; label?: string }) {
  return (
    <div class="skeleton" role="status" aria-label={label}>
      {Array.from({ length: rows }, (_, row) => row).map((row) => (
        <span key={row} class="skeleton-row">
          <span class="skeleton-dot" />
          <span class={`skeleton-lines skeleton-lines-${row % 3}`}>
            <span />
            <span />
          </span>
        </span>
      ))}
    </div>
  )
}

export function Spinner({ label = 'Loading' }: { label?: string }) {
  return <span class="spinner" role="status" aria-label={label} />
}
