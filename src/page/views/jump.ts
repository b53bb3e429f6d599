import { useEffect, useRef, useState } from 'preact/hooks'
import { useExcerpt } from '../../client/react/chatroom-react'
import type { ChatMessage } from '../../client/store/unsent'
import { notify } from '../app/announcer'
import type { RoomModel } from '../app/room-model'
import type { Scroller } from '../components/scroller'

/** What is this near is read page by page, in a few requests. */
const NEAR = 200
const FLASH_MS = 2_500

export interface Shown {
  messages: readonly ChatMessage[]
  hasOlder: boolean
  loadOlder: () => Promise<void>
  /** Only of messages that are far back: there are others between them and the room's. */
  excerpt: ReturnType<typeof useExcerpt>
}

/** What to show of a room: its messages down to now, or those around one that is far back. */
export function useShown(room: RoomModel, at: number | null): Shown {
  const oldest = room.messages[0]?.seq ?? null
  const isFar = at !== null && oldest !== null && room.hasOlder && at < oldest - NEAR
  const excerpt = useExcerpt(room.id, isFar ? at : null)
  return excerpt ? { ...excerpt, excerpt } : { ...room, excerpt }
}

/** Goes to the message that the address names, or to the first after it. Answers the seq to point out. */
export function useJump(shown: Shown, at: number | null, scroller: Scroller): number | null {
  const [flashed, setFlashed] = useState<number | null>(null)
  const done = useRef<number | null>(null)
  const [isLoading, setLoading] = useState(false)
  const { messages, hasOlder, loadOlder, excerpt } = shown

  useEffect(() => {
    if (at === null) done.current = null
    if (at === null || done.current === at || isLoading) return
    const sent = messages.filter(({ seq }) => seq !== null)
    const isCovered = Number(sent[0]?.seq) <= at || !hasOlder
    const found = isCovered ? sent.find(({ seq }) => Number(seq) >= at)?.seq : undefined
    const element = found && scroller.box.current?.querySelector(`[data-seq="${found}"]`)
    if (element) {
      done.current = at
      scroller.to(element, 'center')
      ;(element as HTMLElement).focus({ preventScroll: true })
      setFlashed(found)
      setTimeout(() => setFlashed(null), FLASH_MS)
    } else if (excerpt || sent.length === 0) {
      // It is on its way.
    } else if (isCovered) {
      done.current = at
      notify('That message is not here any more.', 'bad')
    } else {
      setLoading(true)
      loadOlder()
        .catch(() => {
          done.current = at
          notify('That message could not be read. Try again in a moment.', 'bad')
        })
        .finally(() => setLoading(false))
    }
  }, [at, messages, hasOlder, scroller, loadOlder, excerpt, isLoading])
  return flashed
}
