import { useState } from 'preact/hooks'
import { useChat } from '../../client/react/chatroom-react'
import type { ChatMessage } from '../../client/store/unsent'
import { notify } from '../app/announcer'
import { QUICK } from '../app/emoji'
import { useAction } from '../app/requests'
import { addressOf, go } from '../app/routes'
import { sentenceOf } from '../app/sentences'
import { Question } from '../components/dialog'
import { EmojiPicker } from '../components/emoji-picker'
import { Icon } from '../components/icon'
import { Menu, type MenuItem } from '../components/menu'

export interface MessageProps {
  message: ChatMessage
  room: string
  capabilities: readonly string[] | undefined
  isMember: boolean
  isOpen: boolean
  isThread: boolean
  isRoot: boolean
  /** It goes on under the message before. */
  isFollowing: boolean
  isActive: boolean
  isFlashed: boolean
  isEdited: boolean
  onEdit: (seq: number | null) => void
}

/** What can be done with a message. It appears over the one at which one points, or which has the focus. */
export function MessageActions(props: MessageProps) {
  const { message, room: roomId, isThread, isActive, isMember, isOpen, onEdit } = props
  const chat = useChat()
  const [isPicking, setPicking] = useState(false)
  const [isAsking, setAsking] = useState(false)
  const deletion = useAction(() => chat.room(roomId).delete(message.seq ?? 0))
  const { seq } = message
  if (seq === null) return null
  const may = new Set<string>(props.capabilities)
  const mayReact = isMember ? may.has('message.react') : isOpen
  const isOwn = message.author.id === chat.userId
  const tabIndex = isActive ? 0 : -1
  const tell = (error: unknown) => notify(sentenceOf(error), 'bad')
  const react = (emoji: string) => {
    setPicking(false)
    const isMine = message.reactions.some((one) => one.emoji === emoji && one.me)
    chat.room(roomId).react(seq, emoji, !isMine).catch(tell)
  }
  const pin = () =>
    chat
      .request(message.pinned ? 'DELETE' : 'PUT', chat.room(roomId).path(`pins/${seq}`))
      .then(() => notify(message.pinned ? 'Unpinned.' : 'Pinned.'), tell)
  const link = `${location.origin}/${addressOf.message(roomId, seq)}`
  const items: (MenuItem | false)[] = [
    !isThread && {
      label: 'Reply in a thread',
      icon: 'reply',
      act: () => go(addressOf.thread(roomId, seq)),
    },
    mayReact && { label: 'React', icon: 'smile', act: () => setPicking(true) },
    isOwn && may.has('message.edit.own') && { label: 'Edit', icon: 'edit', act: () => onEdit(seq) },
    may.has('message.pin') && { label: message.pinned ? 'Unpin' : 'Pin', icon: 'pin', act: pin },
    Boolean(message.text) && {
      label: 'Copy the text',
      icon: 'copy',
      act: () =>
        navigator.clipboard.writeText(message.text ?? '').then(() => notify('Copied.'), tell),
    },
    {
      label: 'Copy a link to it',
      icon: 'copy',
      act: () => navigator.clipboard.writeText(link).then(() => notify('Copied.'), tell),
    },
    (isOwn ? may.has('message.delete.own') : may.has('message.delete.any')) && {
      label: 'Delete',
      icon: 'trash',
      isDangerous: true,
      act: () => setAsking(true),
    },
  ]
  return (
    <div class={isPicking ? 'actions actions-open' : 'actions'}>
      {mayReact &&
        QUICK.slice(0, 3).map((emoji) => (
          <button
            key={emoji}
            type="button"
            class="icon-button action-quick"
            aria-label={`React with ${emoji}`}
            tabIndex={tabIndex}
            onClick={() => react(emoji)}
          >
            {emoji}
          </button>
        ))}
      {mayReact && (
        <button
          type="button"
          class="icon-button"
          aria-label="React with another emoji"
          title="React"
          tabIndex={tabIndex}
          onClick={() => setPicking(true)}
        >
          <Icon name="smile" />
        </button>
      )}
      {!isThread && (
        <a
          class="icon-button"
          href={addressOf.thread(roomId, seq)}
          aria-label="Reply in a thread"
          title="Reply in a thread"
          tabIndex={tabIndex}
        >
          <Icon name="reply" />
        </a>
      )}
      <Menu label="More" tabIndex={tabIndex} items={items.filter((item) => item !== false)} />
      {isPicking && <EmojiPicker onChoose={react} onClose={() => setPicking(false)} />}
      {isAsking && (
        <Question
          title="Delete this message?"
          text="Everyone will see that there was a message, and nobody what it said. This cannot be undone."
          action="Delete"
          isBusy={deletion.isBusy}
          problem={deletion.problem}
          onClose={() => setAsking(false)}
          onConfirm={async () => (await deletion.run()) && setAsking(false)}
        />
      )}
    </div>
  )
}
