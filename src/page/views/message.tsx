import { memo } from 'preact/compat'
import { useChat } from '../../client/react/chatroom-react'
import type { ChatMessage } from '../../client/store/unsent'
import { dateOf, fullDateOf, shortTimeOf, timeOf } from '../app/dates'
import { isOnlyEmoji } from '../app/markup'
import { nameOf } from '../app/names'
import { addressOf } from '../app/routes'
import { localMedia } from '../app/uploads'
import { Avatar } from '../components/avatar'
import { Icon } from '../components/icon'
import { Attachments } from './attachments'
import { MessageActions, type MessageProps } from './message-actions'
import { MessageEditor } from './message-editor'
import { MessageText } from './message-text'
import { Reactions } from './reactions'

/** A message that did not change is the same object, and is not drawn again. */
export const Message = memo(function Message(props: MessageProps) {
  const { message, isThread, isFollowing, isActive, isFlashed, isEdited } = props
  const { author, createdAt, status, deletedAt } = message
  const chat = useChat()
  const isBlocked = chat.inbox.blocks.has(author.id)
  const name = nameOf(author)
  const states = [
    'message',
    isFollowing && 'message-following',
    status !== 'sent' && `message-${status}`,
    isFlashed && 'message-flashed',
    chat.userId && message.mentions.includes(chat.userId) && 'message-mentions-me',
    isThread && props.isRoot && 'message-root',
  ]
  return (
    <li
      class={states.filter(Boolean).join(' ')}
      data-nonce={message.nonce}
      data-seq={message.seq ?? undefined}
      tabIndex={isActive ? 0 : -1}
    >
      {isFollowing ? (
        <time
          class="message-side-time"
          dateTime={createdAt}
          title={fullDateOf(createdAt)}
          aria-hidden="true"
        >
          {shortTimeOf(createdAt)}
        </time>
      ) : (
        <Avatar id={author.id} name={name} url={author.avatarUrl} />
      )}
      <div class="message-body">
        <p class={isFollowing ? 'message-head visually-hidden' : 'message-head'}>
          <bdi class="message-author">{name}</bdi>
          <time dateTime={createdAt} title={fullDateOf(createdAt)}>
            {timeOf(createdAt)}
          </time>
          {message.pinned && (
            <span class="message-flag">
              <Icon name="pin" /> pinned
            </span>
          )}
        </p>
        {deletedAt ? (
          <p class="message-gone">This message was deleted.</p>
        ) : isBlocked ? (
          <p class="message-gone">You block {name}.</p>
        ) : isEdited ? (
          <MessageEditor roomId={props.room} message={message} onDone={() => props.onEdit(null)} />
        ) : (
          <Content {...props} />
        )}
        {message.replyCount > 0 && !isThread && (
          <ThreadLink message={message} roomId={props.room} />
        )}
        <Fate message={message} roomId={props.room} />
      </div>
      {!deletedAt && status === 'sent' && !isEdited && <MessageActions {...props} />}
    </li>
  )
})

function Content({
  message,
  room,
  isThread,
  isMember,
  isOpen,
  capabilities,
  isActive,
}: MessageProps) {
  const { text, editedAt, replyTo, seq } = message
  const attachments = attachmentsOf(message)
  return (
    <>
      {replyTo !== null && !isThread && (
        <a
          class="message-reply-to"
          href={addressOf.thread(room, replyTo)}
          tabIndex={isActive ? 0 : -1}
        >
          <Icon name="reply" /> replied in a thread
        </a>
      )}
      {text && (
        <div class={isOnlyEmoji(text) ? 'message-text message-emoji' : 'message-text'} dir="auto">
          <MessageText text={text} mentionsRoom={message.mentionsRoom} isActive={isActive} />
          {editedAt && (
            <span class="message-edited" title={`Edited ${dateOf(editedAt)}`}>
              {' '}
              (edited)
            </span>
          )}
        </div>
      )}
      {attachments.length > 0 && (
        <Attachments roomId={room} media={attachments} isActive={isActive} />
      )}
      {seq !== null && (
        <Reactions
          roomId={room}
          seq={seq}
          reactions={message.reactions}
          mayReact={isMember ? Boolean(capabilities?.includes('message.react')) : isOpen}
          isActive={isActive}
        />
      )}
    </>
  )
}

/** Until the service has said what is attached, this page knows. */
const attachmentsOf = (message: ChatMessage) =>
  message.status === 'sent'
    ? message.attachments
    : (message.draft.attachments ?? []).flatMap((id) => localMedia(id) ?? [])

function ThreadLink({ message, roomId }: { message: ChatMessage; roomId: string }) {
  const { replyCount, replyAuthors, lastReplyAt, seq } = message
  if (seq === null) return null
  return (
    <a class="thread-link" href={addressOf.thread(roomId, seq)}>
      <span class="avatar-stack">
        {replyAuthors.map((author) => (
          <Avatar
            key={author.id}
            id={author.id}
            name={nameOf(author)}
            url={author.avatarUrl}
            size="small"
          />
        ))}
      </span>
      <b>
        {replyCount} {replyCount === 1 ? 'reply' : 'replies'}
      </b>
      {lastReplyAt && <span class="thread-link-last">last {dateOf(lastReplyAt)}</span>}
    </a>
  )
}

/** What became of a message of one's own. */
function Fate({ message, roomId }: { message: ChatMessage; roomId: string }) {
  const chat = useChat()
  if (message.status !== 'failed') return null
  const room = chat.room(roomId)
  return (
    <p class="message-fate" role="alert">
      <Icon name="warning" />
      <span>Not sent. {message.problem?.message}</span>
      <button type="button" class="link-button" onClick={() => room.retry(message.nonce)}>
        Try again
      </button>
      <button type="button" class="link-button" onClick={() => room.discard(message.nonce)}>
        Discard
      </button>
    </p>
  )
}
