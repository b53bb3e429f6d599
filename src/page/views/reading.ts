import { useEffect, useRef, useState } from 'preact/hooks'
import { useAttention } from '../app/attention'
import type { RoomModel } from '../app/room-model'
import type { Scroller } from '../components/scroller'

/** The seq after which everything was new when one came, or since one looked away. */
export function useUnreadLine(room: RoomModel, scroller: Scroller): number | null {
  const { me, messages } = room
  const [line, setLine] = useState<number | null>(me && me.unread > 0 ? me.readSeq : null)
  const isKnown = useRef(me !== null)
  useEffect(() => {
    if (isKnown.current || !me) return
    isKnown.current = true
    if (me.unread > 0) setLine(me.readSeq)
  }, [me])
  const last = messages.findLast(({ status }) => status === 'sent')
  const before = useRef(last?.seq ?? null)
  useEffect(() => {
    const seen = before.current
    before.current = last?.seq ?? null
    if (!last || seen === null || last.seq === seen) return
    const isLooking = scroller.isAtEnd && !document.hidden && document.hasFocus()
    if (!isLooking) setLine((line) => line ?? seen)
  }, [last, scroller])
  return line
}

/** Moves the read marker while somebody looks at the end. */
export function useReading(room: RoomModel, scroller: Scroller, isEndShown: boolean): void {
  const { markRead, me, messages } = room
  const last = messages.findLast(({ status }) => status === 'sent')?.seq
  const isMember = me !== null
  const read = () => {
    if (isMember && last && isEndShown && scroller.isAtEnd) markRead()
  }
  useAttention(read, `${isMember} ${last} ${isEndShown}`)
}

/** How many messages came below what is in sight. */
export function useUnseen({ messages }: RoomModel, isEndShown: boolean): number {
  const last = messages.at(-1)?.seq ?? 0
  const seen = useRef(last)
  if (isEndShown) seen.current = Math.max(last, seen.current)
  return messages.filter(({ seq }) => (seq ?? 0) > seen.current).length
}
