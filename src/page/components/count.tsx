interface CountProps {
  count: number
  /** What is counted, for those who hear it. */
  what: string
  tone?: 'plain' | 'mention' | 'quiet'
}

/** How many wait, beside what they wait in. */
export function Count({ count, what, tone = 'plain' }: CountProps) {
  if (count === 0) return null
  return (
    <span class={`badge badge-${tone}`}>
      <span aria-hidden="true">
        {tone === 'mention' && '@'}
        {count > 99 ? '99+' : count}
      </span>
      <span class="visually-hidden">
        , {count} {what}
      </span>
    </span>
  )
}
