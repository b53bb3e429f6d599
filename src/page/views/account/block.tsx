import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'

interface BlockProps {
  title: string
  text?: ComponentChildren
  isDangerous?: boolean
  children: ComponentChildren
}

/** One thing that can be changed. */
export function Block({ title, text, isDangerous, children }: BlockProps) {
  const id = useId()
  return (
    <section
      class={isDangerous ? 'account-block account-block-danger' : 'account-block'}
      aria-labelledby={id}
    >
      <header>
        <h3 id={id}>{title}</h3>
        {text && <p>{text}</p>}
      </header>
      {children}
    </section>
  )
}
