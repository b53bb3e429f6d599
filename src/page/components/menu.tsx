import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { Icon, type IconName } from './icon'

export interface MenuItem {
  label: string
  icon?: IconName
  isDangerous?: boolean
  /** One of a few of which one holds: whether this does. */
  isChosen?: boolean
  act: () => void
}

interface MenuProps {
  label: string
  items: readonly MenuItem[]
  icon?: IconName
  class?: string
  tabIndex?: number
  children?: ComponentChildren
}

/** A button that opens a list of actions: arrows move, Escape closes and gives the focus back. */
export function Menu({
  label,
  items,
  icon = 'more',
  class: name = 'icon-button',
  tabIndex,
  children,
}: MenuProps) {
  const [isOpen, setOpen] = useState(false)
  const root = useRef<HTMLSpanElement>(null)
  const button = useRef<HTMLButtonElement>(null)

  useEffect(() => {
    if (!isOpen) return
    choices(root.current)[0]?.focus()
    const closeOutside = (event: Event) => {
      if (!root.current?.contains(event.target as Node)) setOpen(false)
    }
    document.addEventListener('pointerdown', closeOutside)
    return () => document.removeEventListener('pointerdown', closeOutside)
  }, [isOpen])

  const close = () => {
    setOpen(false)
    button.current?.focus()
  }

  const onKeyDown = (event: KeyboardEvent) => {
    if (!isOpen) return
    const all = choices(root.current)
    const at = all.indexOf(document.activeElement as HTMLElement)
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key]
    if (event.key === 'Escape') close()
    else if (event.key === 'Tab') return setOpen(false)
    else if (next !== undefined) all.at(next % all.length)?.focus()
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of the button and the items within come by here
    <span class="menu" ref={root} onKeyDown={onKeyDown}>
      <button
        ref={button}
        type="button"
        class={name}
        aria-label={label}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        title={label}
        {...(tabIndex === undefined ? {} : { tabIndex })}
        onClick={() => setOpen(!isOpen)}
      >
        {children ?? <Icon name={icon} />}
      </button>
      {isOpen && (
        <span class="menu-list" role="menu" aria-label={label} ref={place}>
          {items.map((item) => (
            <button
              key={item.label}
              type="button"
              {...roleOf(item)}
              tabIndex={-1}
              class={item.isDangerous ? 'menu-item menu-item-danger' : 'menu-item'}
              onClick={() => {
                close()
                item.act()
              }}
            >
              {item.icon && <Icon name={item.icon} />}
              {item.label}
              {item.isChosen && <Icon name="check" />}
            </button>
          ))}
        </span>
      )}
    </span>
  )
}

const roleOf = ({ isChosen }: MenuItem) =>
  isChosen === undefined
    ? { role: 'menuitem' as const }
    : { role: 'menuitemradio' as const, 'aria-checked': isChosen }

const choices = (root: HTMLElement | null): HTMLElement[] => [
  ...(root?.querySelectorAll<HTMLElement>('[role^=menuitem]') ?? []),
]

/** Upwards where there is no room below. */
function place(list: HTMLElement | null): void {
  if (!list) return
  const { bottom } = list.getBoundingClientRect()
  list.classList.toggle('menu-list-up', bottom > innerHeight - 8)
}
