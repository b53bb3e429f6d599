import type { Ref } from 'preact'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { useChat } from '../../client/react/chatroom-react'
import { forSending } from '../app/markup'
import { nameOf } from '../app/names'
import type { RoomModel } from '../app/room-model'
import { EmojiPicker } from '../components/emoji-picker'
import { Icon } from '../components/icon'

interface ComposerProps {
  room: RoomModel
  name: string
  field: { current: HTMLTextAreaElement | null }
  /** The thread that one answers in. */
  thread?: number
  onEditLast: (seq: number) => void
}

/** What was begun and not sent, until the page is closed. */
const drafts = new Map<string, string>()

/** Where one writes. Enter sends, Shift and Enter begin a line, the arrow up edits what one wrote last. */
export function Composer({ room, name, field, thread, onEditLast }: ComposerProps) {
  const { userId } = useChat()
  const key = `${room.id} ${thread ?? ''}`
  const [text, setText] = useState(drafts.get(key) ?? '')
  const mentions = useRef(new Map<string, string>())
  const [alsoInRoom, setAlsoInRoom] = useState(false)
  const [isPicking, setPicking] = useState(false)
  const hint = hintOf(room)

  const change = (next: string) => {
    setText(next)
    drafts.set(key, next)
    if (next) room.sendTyping()
  }

  // On a phone the keyboard would jump up at once.
  useLayoutEffect(() => {
    if (matchMedia('(pointer: fine)').matches) field.current?.focus()
  }, [field])

  const send = () => {
    const sent = forSending(text.trim(), mentions.current)
    if (!sent) return
    room.send({ text: sent, ...(thread ? { replyTo: thread, alsoInRoom } : {}) })
    setText('')
    drafts.delete(key)
    mentions.current = new Map()
    field.current?.focus()
  }

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.isComposing) return
    if (event.key === 'Enter' && !event.shiftKey && matchMedia('(pointer: fine)').matches) {
      event.preventDefault()
      send()
    }
    if (event.key === 'ArrowUp' && !text) {
      const last = room.messages.findLast(
        ({ author, status, deletedAt }) => author.id === userId && status === 'sent' && !deletedAt,
      )
      if (last?.seq && !thread) {
        event.preventDefault()
        onEditLast(last.seq)
      }
    }
  }

  const addEmoji = (emoji: string) => {
    setPicking(false)
    change(text + emoji)
    field.current?.focus()
  }

  return (
    <div class="composer">
      <TypingLine room={room} />
      <form
        class="composer-box"
        onSubmit={(event) => {
          event.preventDefault()
          send()
        }}
      >
        <textarea
          ref={field as Ref<HTMLTextAreaElement>}
          class="composer-field"
          rows={1}
          maxLength={4000}
          aria-label={thread ? 'Reply' : `Message ${name}`}
          placeholder={hint ?? (thread ? 'Reply …' : `Message ${name}`)}
          value={text}
          disabled={hint !== null}
          onInput={(event) => change(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
        <span class="composer-tools">
          <button
            type="button"
            class="icon-button"
            aria-label="Insert an emoji"
            title="Emoji"
            disabled={hint !== null}
            onClick={() => setPicking(!isPicking)}
          >
            <Icon name="smile" />
          </button>
          <button
            type="submit"
            class="icon-button composer-send"
            aria-label="Send"
            disabled={!text.trim()}
          >
            <Icon name="send" />
          </button>
          {isPicking && <EmojiPicker onChoose={addEmoji} onClose={() => setPicking(false)} />}
        </span>
      </form>
      {thread && (
        <label class="composer-also">
          <input
            type="checkbox"
            checked={alsoInRoom}
            onChange={(event) => setAlsoInRoom(event.currentTarget.checked)}
          />
          Show it in the room, too
        </label>
      )}
    </div>
  )
}

/** Why one cannot write here. */
function hintOf({ room, me }: RoomModel): string | null {
  if (!room || !me || me.capabilities.includes('message.post')) return null
  if (me.mutedUntil) return 'You are muted here.'
  if (room.frozen) return 'The room is frozen: only admins may write.'
  return 'You may not write here.'
}

function TypingLine({ room }: { room: RoomModel }) {
  const names = room.typing.map(nameOf)
  const [first = '', second = ''] = names
  const text =
    names.length === 0
      ? ''
      : names.length === 1
        ? `${first} is typing`
        : names.length === 2
          ? `${first} and ${second} are typing`
          : 'Several people are typing'
  return (
    <p class="typing" aria-live="off">
      {text && (
        <>
          {text}
          <span class="typing-dots" aria-hidden="true">
            <i />
            <i />
            <i />
          </span>
        </>
      )}
    </p>
  )
}
