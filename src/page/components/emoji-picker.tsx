import { useEffect, useRef, useState } from 'preact/hooks'
import { EMOJI } from '../app/emoji'

const COLUMNS = 8

/** Emoji to choose from: typing finds them, the arrows move among them. */
export function EmojiPicker({
  onChoose,
  onClose,
}: {
  onChoose: (emoji: string) => void
  onClose: () => void
}) {
  const [query, setQuery] = useState('')
  const field = useRef<HTMLInputElement>(null)
  const root = useRef<HTMLDivElement>(null)
  const words = query.trim().toLowerCase()
  const found = words ? EMOJI.filter(([, names]) => names.includes(words)) : EMOJI
  useEffect(() => {
    field.current?.focus()
    const closeOutside = (event: Event) => {
      if (!root.current?.contains(event.target as Node)) onClose()
    }
    document.addEventListener('pointerdown', closeOutside)
    return () => document.removeEventListener('pointerdown', closeOutside)
  }, [onClose])
  const onKeyDown = (event: KeyboardEvent) => {
    const all = [...(root.current?.querySelectorAll('button') ?? [])]
    const at = all.indexOf(document.activeElement as HTMLButtonElement)
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: COLUMNS, ArrowUp: -COLUMNS }[event.key]
    if (event.key === 'Escape') onClose()
    else if (event.key === 'Enter' && at < 0) all[0]?.click()
    else if (event.key === 'ArrowDown' && at < 0) all[0]?.focus()
    else if (step && at >= 0) (all[at + step] ?? field.current)?.focus()
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <div
      class="emoji-picker"
      ref={root}
      role="dialog"
      aria-label="Choose an emoji"
      onKeyDown={onKeyDown}
    >
      <input
        ref={field}
        type="search"
        aria-label="Find an emoji"
        placeholder="Find an emoji"
        value={query}
        onInput={(event) => setQuery(event.currentTarget.value)}
      />
      <div class="emoji-grid">
        {found.map(([emoji, names]) => (
          <button
            key={emoji}
            type="button"
            aria-label={names}
            title={names}
            onClick={() => onChoose(emoji)}
          >
            {emoji}
          </button>
        ))}
        {found.length === 0 && <p class="field-hint">None of these.</p>}
      </div>
    </div>
  )
}
