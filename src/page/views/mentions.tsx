import type { Message } from '../../client/protocol'
import { useRooms } from '../../client/react/chatroom-react'
import { plainText } from '../app/markup'
import { nameOfRoom } from '../app/names'
import { useListing } from '../app/requests'
import { addressOf } from '../app/routes'
import { useTitle } from '../app/title'
import { Empty, Failure, Skeleton } from '../components/states'
import { MessageRow } from './message-row'
import { ViewFrame } from './view-frame'

/** Where one was named, in all rooms. */
export function Mentions() {
  useTitle('Mentions')
  const { rooms } = useRooms()
  const { items, isLoading, hasMore, problem, loadMore, reload } =
    useListing<Message>('/v1/me/mentions')
  const nameOf = (roomId: string) => {
    const room = rooms.find(({ id }) => id === roomId)
    return room ? nameOfRoom(room) : null
  }
  return (
    <ViewFrame title="Mentions" subtitle="Messages that name you, in all your rooms.">
      {problem && <Failure problem={problem} onRetry={reload} />}
      {isLoading && <Skeleton rows={4} />}
      {!isLoading && !problem && items.length === 0 && (
        <Empty icon="mention" title="Nobody has named you yet">
          <p>When somebody writes @ and your name, it is kept here.</p>
        </Empty>
      )}
      <ul class="message-rows">
        {items.map((message) => (
          <MessageRow
            key={`${message.roomId} ${message.seq}`}
            author={message.author}
            at={message.createdAt}
            href={addressOf.message(message.roomId, message.seq)}
            where={nameOf(message.roomId)}
          >
            {message.text === null ? 'This message was deleted.' : plainText(message.text)}
          </MessageRow>
        ))}
      </ul>
      {hasMore && (
        <button type="button" class="button" onClick={loadMore}>
          Earlier ones
        </button>
      )}
    </ViewFrame>
  )
}
