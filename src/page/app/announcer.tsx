import { useSyncExternalStore } from 'preact/compat'

interface Notice {
  id: number
  text: string
  tone: 'plain' | 'bad'
}

const SHOWN_MS = 6_000

let notices: readonly Notice[] = []
let spoken = ''
let count = 0
const listeners = new Set<() => void>()

function tell(): void {
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Shows a sentence for a while. */
export function notify(text: string, tone: Notice['tone'] = 'plain'): void {
  const id = ++count
  notices = [...notices.slice(-2), { id, text, tone }]
  tell()
  setTimeout(() => {
    notices = notices.filter((notice) => notice.id !== id)
    tell()
  }, SHOWN_MS)
}

/** Says something to those who listen to the page. */
export function say(text: string): void {
  spoken = text
  tell()
}

export function Announcer() {
  const shown = useSyncExternalStore(subscribe, () => notices)
  const said = useSyncExternalStore(subscribe, () => spoken)
  return (
    <>
      <div class="notices" role="status">
        {shown.map(({ id, text, tone }) => (
          <p key={id} class={`notice notice-${tone}`}>
            {text}
          </p>
        ))}
      </div>
      <div class="visually-hidden" role="log" aria-live="polite" aria-label="New messages">
        {said && <p key={said}>{said}</p>}
      </div>
    </>
  )
}
