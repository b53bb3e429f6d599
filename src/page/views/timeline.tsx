import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { useChat } from '../../client/react/chatroom-react'
import { say } from '../app/announcer'
import { plainText } from '../app/markup'
import { nameOf } from '../app/names'
import type { RoomModel, RoomRoute } from '../app/room-model'
import { addressOf, go } from '../app/routes'
import { Icon } from '../components/icon'
import { type Scroller, useScroller } from '../components/scroller'
import { Empty, Failure, Spinner } from '../components/states'
import { type Shown, useJump, useShown } from './jump'
import { MessageList } from './message-list'
import { useReading, useUnreadLine, useUnseen } from './reading'

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
  const shown = useShown(room, route.at)
  const { messages, hasOlder, excerpt } = shown
  const [scroller, isEndShown] = useScroller()
  scroller.follows = excerpt === null
  const line = useUnreadLine(room, scroller)
  const top = useRef<HTMLDivElement>(null)
  const bottom = useRef<HTMLDivElement>(null)
  const { problem, retry } = useHistory(shown, room.room !== null, scroller, top)
  useRestOfExcerpt(excerpt, scroller, bottom)
  useReading(room, scroller, isEndShown)
  useNews(room, userId)
  const flashed = useJump(shown, route.at, scroller)

  // Whoever comes back begins where they stopped.
  const isPlaced = useRef(false)
  useLayoutEffect(() => {
    if (isPlaced.current || messages.length === 0) return
    isPlaced.current = true
    const mark = scroller.content.current?.querySelector('.unread-line')
    if (mark && route.at === null) scroller.to(mark, 'center')
  })

  const isFar = excerpt !== null
  const toLatest = () => {
    if (isFar) go(addressOf.room(room.id))
    else scroller.toEnd()
  }
  const wasFar = useRef(isFar)
  useLayoutEffect(() => {
    if (wasFar.current && !isFar && route.at === null) scroller.toEnd()
    wasFar.current = isFar
  }, [isFar, route.at, scroller])

  // One's own message is what one wants to see.
  const lastOwn = room.messages.findLast((message) => message.status === 'pending')?.nonce
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each message
  useLayoutEffect(() => {
    if (lastOwn) toLatest()
  }, [lastOwn])

  const unseen = useUnseen(room, isEndShown)
  return (
    <div class="timeline">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys */}
      <section class="scroller" ref={scroller.box} tabIndex={0} aria-label="Messages">
        <div class="scroller-inside" ref={scroller.content}>
          <div ref={top} class="history-end">
            {problem ? (
              <Failure problem={problem} onRetry={retry} />
            ) : hasOlder || excerpt?.state === 'loading' ? (
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
          {isFar && (
            <div ref={bottom} class="history-end">
              {excerpt?.state === 'failed' ? (
                <Failure problem="These messages could not be read." onRetry={excerpt.reload} />
              ) : (
                messages.length > 0 && <Spinner label="Loading newer messages" />
              )}
            </div>
          )}
        </div>
      </section>
      {line !== null && <ToUnread room={room} line={line} isFar={isFar} />}
      {(!isEndShown || isFar) && (
        <button type="button" class="to-latest" onClick={toLatest}>
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
function useHistory(
  { hasOlder, messages, loadOlder }: Shown,
  isKnown: boolean,
  scroller: Scroller,
  top: { current: HTMLElement | null },
) {
  const [problem, setProblem] = useState<string | null>(null)
  // A page may have replies alone, and so add nothing to what is shown.
  const [pages, setPages] = useState(0)
  const load = () =>
    loadOlder().then(
      () => {
        setProblem(null)
        setPages((before) => before + 1)
      },
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
  }, [hasOlder, problem, isKnown, messages[0]?.nonce, pages])
  return { problem, retry: load }
}

/** Reads on below an excerpt, until it reaches what the room has. */
function useRestOfExcerpt(
  excerpt: Shown['excerpt'],
  scroller: Scroller,
  bottom: { current: HTMLElement | null },
) {
  const [pages, setPages] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: again after each page
  useEffect(() => {
    if (excerpt?.state !== 'complete' || !excerpt.hasNewer || !bottom.current) return
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (entry?.isIntersecting) excerpt.loadNewer().then(() => setPages((before) => before + 1))
      },
      { root: scroller.box.current, rootMargin: '0px 0px 600px 0px' },
    )
    observer.observe(bottom.current)
    return () => observer.disconnect()
  }, [pages, excerpt?.state, excerpt?.hasNewer])
}

/** Leads to the first message that was new when one came, where that has not been read yet. */
function ToUnread({ room, line, isFar }: { room: RoomModel; line: number; isFar: boolean }) {
  const oldest = room.messages[0]?.seq ?? 0
  if (isFar || !room.hasOlder || oldest <= line + 1) return null
  return (
    <a class="to-latest to-unread" href={addressOf.message(room.id, line + 1)}>
      <Icon name="down" />
      First new message
    </a>
  )
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
