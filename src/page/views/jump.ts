import { useEffect, useRef, useState } from 'preact/hooks'
import { notify } from '../app/announcer'
import type { RoomModel } from '../app/room-model'
import type { Scroller } from '../components/scroller'

const PAGES = 20
const FLASH_MS = 2_500

/** Goes to the message that the address names, reading history until it is there. Answers the seq to point out. */
export function useJump(room: RoomModel, at: number | null, scroller: Scroller): number | null {
  const [flashed, setFlashed] = useState<number | null>(null)
  const done = useRef<number | null>(null)
  const pages = useRef(0)
  const isLoading = useRef(false)
  const { messages, hasOlder, loadOlder, room: known } = room

  // biome-ignore lint/correctness/useExhaustiveDependencies: again with whatever messages are there
  useEffect(() => {
    if (at === null) done.current = null
    if (at === null || done.current === at || !known) return
    const element = scroller.box.current?.querySelector(`[data-seq="${at}"]`)
    if (element) {
      done.current = at
      pages.current = 0
      scroller.to(element, 'center')
      ;(element as HTMLElement).focus({ preventScroll: true })
      setFlashed(at)
      setTimeout(() => setFlashed(null), FLASH_MS)
    } else if (isLoading.current) {
      // The page that comes brings this back here.
    } else if (hasOlder && pages.current < PAGES) {
      pages.current += 1
      isLoading.current = true
      loadOlder()
        .catch(() => {})
        .finally(() => {
          isLoading.current = false
        })
    } else {
      done.current = at
      notify('That message is further back than this page reads.', 'bad')
    }
  }, [at, messages, hasOlder, known, scroller, loadOlder])
  return flashed
}
