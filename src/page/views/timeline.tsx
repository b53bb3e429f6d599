import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { useChat } from '../../client/react/chatroom-react'
import { say } from '../app/announcer'
import { plainText } from '../app/markup'
import { nameOf } from '../app/names'
import type { RoomModel, RoomRoute } from '../app/room-model'
import { Icon } from '../components/icon'
import { type Scroller, useScroller } from '../components/scroller'
import { Empty, Failure, Spinner } from '../components/states'
import { useJump } from './jump'
import { MessageList } from './message-list'

interface TimelineProps {
  room: RoomModel
  route: RoomRoute
  editing: number | null
  onEdit: (seq: number | null) => void
  onDone: () => void
}

/** The messages of a room, from the past to the present. */
export function Timeline({ room, route, editing, onEdit, onDone }: TimelineProps) {
  const { userId } = useChat()
  const { messages, hasOlder } = room
  const [scroller, isEndShown] = useScroller()
  const line = useUnreadLine(room, scroller)
  const top = useRef<HTMLDivElement>(null)
  const { problem, retry } = useHistory(room, scroller, top)
  useReading(room, scroller, isEndShown)
  useNews(room, userId)
  const flashed = useJump(room, route.at, scroller)

  // Whoever comes back begins where they stopped.
  const isPlaced = useRef(false)
  useLayoutEffect(() => {
    if (isPlaced.current || messages.length === 0) return
    isPlaced.current = true
    const mark = scroller.content.current?.querySelector('.unread-line')
    if (mark && route.at === null) scroller.to(mark, 'center')
  })

  // One's own message is what one wants to see.
  const lastOwn = messages.findLast((message) => message.status === 'pending')?.nonce
  useLayoutEffect(() => {
    if (lastOwn) scroller.toEnd()
  }, [lastOwn, scroller])

  const unseen = useUnseen(room, isEndShown)
  return (
    <div class="timeline">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys */}
      <section class="scroller" ref={scroller.box} tabIndex={0} aria-label="Messages">
        <div class="scroller-inside" ref={scroller.content}>
          <div ref={top} class="history-end">
            {problem ? (
              <Failure problem={problem} onRetry={retry} />
            ) : hasOlder ? (
              <Spinner label="Loading older messages" />
            ) : (
              <Beginning room={room} />
            )}
          </div>
          <MessageList
            room={room}
            messages={messages}
            line={line}
            flashed={flashed}
            editing={editing}
            onEdit={onEdit}
            onDone={onDone}
          />
        </div>
      </section>
      {!isEndShown && (
        <button type="button" class="to-latest" onClick={scroller.toEnd}>
          <Icon name="down" />
          {unseen > 0 ? `${unseen} new` : 'Latest'}
          <span class="visually-hidden">, jump to the latest message</span>
        </button>
      )}
    </div>
  )
}

function Beginning({ room }: { room: RoomModel }) {
  if (room.messages.length === 0)
    return (
      <Empty icon="smile" title="Nothing was said yet">
        <p>Say hello. Somebody has to be first.</p>
      </Empty>
    )
  return <p class="beginning">This is where it began.</p>
}

/** Reads older messages before one has scrolled to the last that are there. */
function useHistory(room: RoomModel, scroller: Scroller, top: { current: HTMLElement | null }) {
  const { hasOlder, messages, loadOlder, room: known } = room
  const [problem, setProblem] = useState<string | null>(null)
  const isKnown = known !== null
  const load = () =>
    loadOlder().then(
      () => setProblem(null),
      () => setProblem('Older messages could not be read.'),
    )
  // biome-ignore lint/correctness/useExhaustiveDependencies: again after each page, since the end may be in sight still
  useEffect(() => {
    if (!hasOlder || problem || !isKnown || !top.current) return
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (entry?.isIntersecting) load()
      },
      { root: scroller.box.current, rootMargin: '900px 0px 0px 0px' },
    )
    observer.observe(top.current)
    return () => observer.disconnect()
  }, [hasOlder, problem, isKnown, messages[0]?.nonce])
  return { problem, retry: load }
}

/** The seq after which everything was new when one came, or since one looked away. */
function useUnreadLine(room: RoomModel, scroller: Scroller): number | null {
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
function useReading(room: RoomModel, scroller: Scroller, isEndShown: boolean): void {
  const { markRead, me, messages } = room
  const last = messages.findLast(({ status }) => status === 'sent')?.seq
  const isMember = me !== null
  useEffect(() => {
    const read = () => {
      if (
        isMember &&
        last &&
        isEndShown &&
        scroller.isAtEnd &&
        !document.hidden &&
        document.hasFocus()
      )
        markRead()
    }
    read()
    addEventListener('focus', read)
    document.addEventListener('visibilitychange', read)
    return () => {
      removeEventListener('focus', read)
      document.removeEventListener('visibilitychange', read)
    }
  }, [markRead, isMember, last, isEndShown, scroller])
}

/** Says what others write to those who do not see it. */
function useNews({ messages, state }: RoomModel, userId: string | undefined): void {
  const last = messages.findLast(({ status }) => status === 'sent')
  const before = useRef<number | null>(null)
  useEffect(() => {
    const known = before.current
    before.current = last?.seq ?? null
    if (!last || state !== 'complete' || known === null || (last.seq ?? 0) <= known) return
    if (last.author.id !== userId) say(`${nameOf(last.author)}: ${plainText(last.text ?? '')}`)
  }, [last, state, userId])
}

/** How many messages came below what is in sight. */
function useUnseen({ messages }: RoomModel, isEndShown: boolean): number {
  const last = messages.at(-1)?.seq ?? 0
  const seen = useRef(last)
  if (isEndShown) seen.current = Math.max(last, seen.current)
  return messages.filter(({ seq }) => (seq ?? 0) > seen.current).length
}
