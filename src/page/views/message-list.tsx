import { Fragment } from 'preact'
import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import type { ChatMessage } from '../../client/store/unsent'
import { dayOf, isSameDay } from '../app/dates'
import type { RoomModel } from '../app/room-model'
import { Message } from './message'

interface ListProps {
  room: RoomModel
  messages: readonly ChatMessage[]
  isThread?: boolean
  /** The last seq that was read when one came. */
  line?: number | null
  flashed?: number | null
  editing: number | null
  onEdit: (seq: number | null) => void
  onDone: () => void
}

/** Messages of one author within this time stand together. */
const TOGETHER_MS = 5 * 60_000

/** Messages with the days between them. The arrows go from one to the next; Tab reaches what can be done with it. */
export function MessageList({
  room,
  messages,
  isThread = false,
  line = null,
  flashed = null,
  editing,
  onEdit,
  onDone,
}: ListProps) {
  const [active, setActive] = useState<string | null>(null)
  const list = useRef<HTMLOListElement>(null)
  const isActiveKnown = messages.some(({ nonce }) => nonce === active)
  const current = isActiveKnown ? active : messages.at(-1)?.nonce
  const firstNew =
    line === null ? undefined : messages.find(({ seq }) => seq !== null && seq > line)?.nonce

  const edit = useCallback(
    (seq: number | null) => {
      onEdit(seq)
      if (seq === null) onDone()
    },
    [onEdit, onDone],
  )

  const onKeyDown = (event: KeyboardEvent) => {
    const target = event.target as HTMLElement
    if (!target.matches('[data-nonce]')) return
    const all = [...(list.current?.querySelectorAll<HTMLElement>('[data-nonce]') ?? [])]
    const at = all.indexOf(target)
    const next = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: all.length - 1 }[event.key]
    if (next === undefined) return
    event.preventDefault()
    all[Math.min(Math.max(next, 0), all.length - 1)]?.focus()
  }

  const onFocusIn = (event: FocusEvent) => {
    const nonce = (event.target as HTMLElement).closest<HTMLElement>('[data-nonce]')?.dataset.nonce
    if (nonce) setActive(nonce)
  }

  useEffect(() => {
    if (editing === null) return
    list.current
      ?.querySelector<HTMLElement>(`[data-seq="${editing}"]`)
      ?.scrollIntoView({ block: 'nearest' })
  }, [editing])

  return (
    <ol class="messages" ref={list} onKeyDown={onKeyDown} onFocusIn={onFocusIn}>
      {messages.map((message, i) => {
        const before = messages[i - 1]
        const isNewDay = !before || !isSameDay(before.createdAt, message.createdAt)
        const isFirstNew = message.nonce === firstNew
        const isRoot = isThread && i === 0
        return (
          <Fragment key={message.nonce}>
            {isNewDay && !isThread && (
              <li class="day">
                <span>{dayOf(message.createdAt)}</span>
              </li>
            )}
            {isFirstNew && before && (
              <li class="unread-line">
                <span>New</span>
              </li>
            )}
            <Message
              message={message}
              room={room.id}
              capabilities={room.me?.capabilities}
              isMember={room.me !== null}
              isOpen={room.room?.access === 'open'}
              isThread={isThread}
              isRoot={isRoot}
              isFollowing={
                !isNewDay &&
                !isFirstNew &&
                !isRoot &&
                i !== (isThread ? 1 : 0) &&
                belongs(before, message)
              }
              isActive={message.nonce === current}
              isFlashed={flashed !== null && message.seq === flashed}
              isEdited={editing !== null && message.seq === editing}
              onEdit={edit}
            />
          </Fragment>
        )
      })}
    </ol>
  )
}

function belongs(before: ChatMessage, message: ChatMessage): boolean {
  if (before.author.id !== message.author.id || message.replyTo !== before.replyTo) return false
  return Date.parse(message.createdAt) - Date.parse(before.createdAt) < TOGETHER_MS
}
