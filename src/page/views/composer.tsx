import type { Ref } from 'preact'
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { useChat } from '../../client/react/chatroom-react'
import { begunMention, type Choice, useChoices } from '../app/completion'
import { forSending } from '../app/markup'
import type { RoomModel } from '../app/room-model'
import { useUploads } from '../app/uploads'
import { AttachmentTray } from '../components/attachment-tray'
import { ChoiceList } from '../components/choice-list'
import { EmojiPicker } from '../components/emoji-picker'
import { FileButton } from '../components/file-button'
import { Icon } from '../components/icon'
import { SeenBy } from './seen-by'
import { TypingLine } from './typing-line'

interface ComposerProps {
  room: RoomModel
  name: string
  field: { current: HTMLTextAreaElement | null }
  /** The thread that one answers in. */
  thread?: number
  onEditLast: (seq: number) => void
}

interface Draft {
  text: string
  /** Whose id stands for which name. */
  mentions: Map<string, string>
}

/** What was begun and not sent, of whoever wrote it, until the page is closed: also while they log in again. */
const drafts = new Map<string, Draft>()

const isFine = () => matchMedia('(pointer: fine)').matches

/** Where one writes. Enter sends, Shift and Enter begin a line, the arrow up edits what one wrote last. */
export function Composer({ room, name, field, thread, onEditLast }: ComposerProps) {
  const { userId } = useChat()
  const key = `${userId} ${room.id} ${thread ?? ''}`
  const listId = useId()
  const [text, setText] = useState(drafts.get(key)?.text ?? '')
  const mentions = useRef(drafts.get(key)?.mentions ?? new Map<string, string>())
  const [alsoInRoom, setAlsoInRoom] = useState(false)
  const [isPicking, setPicking] = useState(false)
  const [begun, setBegun] = useState<{ query: string; start: number } | null>(null)
  const [chosen, setChosen] = useState(0)
  const uploads = useUploads(room.id)
  const hint = hintOf(room)
  const may = new Set<string>(room.me?.capabilities)
  const mayAttach = hint === null && (room.me ? may.has('message.attach') : room.room !== null)
  const choices = useChoices(room.id, begun?.query ?? null, may.has('mention.room'))
  const isChoosing = choices.length > 0
  const isReady = (text.trim() !== '' || uploads.ids.length > 0) && !uploads.isBusy

  const change = (next: string) => {
    setText(next)
    drafts.set(key, { text: next, mentions: mentions.current })
    if (next) room.sendTyping()
  }
  const look = () => {
    const { value = '', selectionStart = 0 } = field.current ?? {}
    setBegun(begunMention(value, selectionStart))
    setChosen(0)
  }

  // On a phone the keyboard would jump up at once.
  useLayoutEffect(() => {
    if (isFine()) field.current?.focus()
  }, [field])

  const send = () => {
    if (!isReady) return
    const sent = forSending(text.trim(), mentions.current)
    room.send({
      text: sent,
      ...(uploads.ids.length > 0 ? { attachments: uploads.ids } : {}),
      ...(/@everyone\b/.test(sent) && may.has('mention.room') ? { mentionsRoom: true } : {}),
      ...(thread ? { replyTo: thread, alsoInRoom } : {}),
    })
    setText('')
    setBegun(null)
    drafts.delete(key)
    mentions.current = new Map()
    uploads.clear()
    field.current?.focus()
  }

  const choose = (choice: Choice) => {
    const input = field.current
    if (!begun || !input) return
    if (choice.user) mentions.current.set(choice.text, choice.user.id)
    const end = begun.start + 1 + begun.query.length
    const after = text.slice(end).replace(/^ ?/, ' ')
    change(text.slice(0, begun.start) + choice.text + after)
    setBegun(null)
    const caret = begun.start + choice.text.length + 1
    requestAnimationFrame(() => {
      input.focus()
      input.setSelectionRange(caret, caret)
    })
  }

  /** Whether the key was for the list of people. */
  const moveInChoices = ({ key: pressed }: KeyboardEvent): boolean => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[pressed]
    const choice = choices[chosen]
    if (step) setChosen((chosen + step + choices.length) % choices.length)
    else if (pressed === 'Escape') setBegun(null)
    else if ((pressed === 'Enter' || pressed === 'Tab') && choice) choose(choice)
    else return false
    return true
  }

  const editLast = (): boolean => {
    const last = room.messages.findLast(
      ({ author, status, deletedAt }) => author.id === userId && status === 'sent' && !deletedAt,
    )
    if (text || thread || !last?.seq) return false
    onEditLast(last.seq)
    return true
  }

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.isComposing) return
    if (isChoosing && moveInChoices(event)) {
      event.preventDefault()
      event.stopPropagation()
    } else if (event.key === 'Enter' && !event.shiftKey && isFine()) {
      event.preventDefault()
      send()
    } else if (event.key === 'ArrowUp' && editLast()) event.preventDefault()
  }

  const take = (event: Event, files: FileList | undefined) => {
    if (!mayAttach || !files?.length) return
    event.preventDefault()
    uploads.add(files)
  }

  const addEmoji = (emoji: string) => {
    setPicking(false)
    change(text + emoji)
    field.current?.focus()
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: files may be dropped here, which a button does as well
    <div
      class="composer"
      onDragOver={(event) => mayAttach && event.preventDefault()}
      onDrop={(event) => take(event, event.dataTransfer?.files)}
    >
      <div class="composer-status">
        <TypingLine room={room} />
        {!thread && <SeenBy room={room} />}
      </div>
      <form
        class="composer-box"
        onSubmit={(event) => {
          event.preventDefault()
          send()
        }}
      >
        {isChoosing && (
          <ChoiceList id={listId} choices={choices} chosen={chosen} onChoose={choose} />
        )}
        <AttachmentTray files={uploads.files} onRemove={uploads.remove} onRetry={uploads.retry} />
        <div class="composer-line">
          <FileButton
            isDisabled={!mayAttach}
            takesAll={room.room?.plainFiles ?? false}
            onChoose={uploads.add}
          />
          <textarea
            ref={field as Ref<HTMLTextAreaElement>}
            class="composer-field"
            dir="auto"
            rows={1}
            maxLength={4000}
            aria-label={thread ? 'Reply' : `Message ${name}`}
            placeholder={hint ?? (thread ? 'Reply …' : `Message ${name}`)}
            aria-autocomplete="list"
            {...(isChoosing
              ? { 'aria-controls': listId, 'aria-activedescendant': `${listId}-${chosen}` }
              : {})}
            value={text}
            disabled={hint !== null}
            onInput={(event) => {
              change(event.currentTarget.value)
              look()
            }}
            onClick={look}
            onBlur={() => setBegun(null)}
            onKeyDown={onKeyDown}
            onPaste={(event) => take(event, event.clipboardData?.files)}
          />
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
            disabled={!isReady}
          >
            <Icon name="send" />
          </button>
          {isPicking && <EmojiPicker onChoose={addEmoji} onClose={() => setPicking(false)} />}
        </div>
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
