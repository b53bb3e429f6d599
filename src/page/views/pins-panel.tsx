import { useEffect } from 'preact/hooks'
import type { Author, Message } from '../../client/protocol'
import { useChat } from '../../client/react/chatroom-react'
import { plainText } from '../app/markup'
import { useListing } from '../app/requests'
import type { RoomModel } from '../app/room-model'
import { addressOf } from '../app/routes'
import { PanelFrame } from '../components/panel-frame'
import { Empty, Failure, Skeleton } from '../components/states'
import { MessageRow } from './message-row'

interface Pin {
  message: Message
  pinnedBy: Author
  pinnedAt: string
}

/** What was found worth keeping in sight. */
export function PinsPanel({ room, onClose }: { room: RoomModel; onClose: () => void }) {
  const chat = useChat()
  const { items, isLoading, hasMore, problem, loadMore, reload } = useListing<Pin>(
    chat.room(room.id).path('pins'),
  )
  const pinned = room.messages.filter((message) => message.pinned).length
  // biome-ignore lint/correctness/useExhaustiveDependencies: read again when one was pinned or unpinned
  useEffect(() => reload(), [pinned])
  return (
    <PanelFrame title="Pinned messages" onClose={onClose}>
      <div class="panel-body">
        {problem && <Failure problem={problem} onRetry={reload} />}
        {isLoading && <Skeleton rows={3} />}
        {!isLoading && !problem && items.length === 0 && (
          <Empty icon="pin" title="Nothing is pinned">
            <p>What is pinned stays easy to find: a plan, an address, the rules.</p>
          </Empty>
        )}
        <ul class="message-rows">
          {items.map(({ message }) => (
            <MessageRow
              key={message.seq}
              author={message.author}
              at={message.createdAt}
              href={addressOf.message(room.id, message.seq)}
            >
              {plainText(message.text ?? '')}
            </MessageRow>
          ))}
        </ul>
        {hasMore && (
          <button type="button" class="button" onClick={loadMore}>
            More
          </button>
        )}
      </div>
    </PanelFrame>
  )
}
