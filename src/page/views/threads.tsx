import { useEffect, useState } from 'preact/hooks'
import type { Message } from '../../client/protocol'
import { useRooms, useUnread } from '../../client/react/chatroom-react'
import { dateOf } from '../app/dates'
import { plainText } from '../app/markup'
import { nameOfRoom } from '../app/names'
import { useListing } from '../app/requests'
import { addressOf } from '../app/routes'
import { useTitle } from '../app/title'
import { Empty } from '../components/states'
import { MessageRows } from './message-rows'
import { ViewFrame } from './view-frame'

interface FollowedThread {
  root: Message
  unread: number
}

const LATE_MS = 6_000

/** The threads that one follows, in all rooms. */
export function Threads() {
  useTitle('Threads')
  const { rooms } = useRooms()
  const { threads } = useUnread()
  const [isUnreadOnly, setUnreadOnly] = useState(false)
  const list = useListing<FollowedThread>(`/v1/me/threads${isUnreadOnly ? '?unread=true' : ''}`)
  const { reload } = list
  // Somebody replied, or a thread was read on another device. The list is told of it some seconds later.
  // biome-ignore lint/correctness/useExhaustiveDependencies: read again for that reason alone
  useEffect(() => {
    reload()
    const timer = setTimeout(reload, LATE_MS)
    return () => clearTimeout(timer)
  }, [threads])
  const roomOf = (roomId: string) => {
    const room = rooms.find(({ id }) => id === roomId)
    return room ? nameOfRoom(room) : null
  }
  return (
    <ViewFrame title="Threads" subtitle="Those you began, replied in or follow, in all your rooms.">
      <label class="check">
        <input
          type="checkbox"
          checked={isUnreadOnly}
          onChange={(event) => setUnreadOnly(event.currentTarget.checked)}
        />
        Only those with unread replies
      </label>
      <MessageRows
        list={list}
        rowOf={({ root, unread }) => ({
          message: root,
          href: addressOf.thread(root.roomId, root.seq),
          where: roomOf(root.roomId),
          unread,
          said: root.text === null ? 'This message was deleted.' : plainText(root.text),
          note: repliesOf(root),
        })}
      >
        {isUnreadOnly ? (
          <Empty icon="check" title="You have read them all" />
        ) : (
          <Empty icon="reply" title="You follow no thread yet">
            <p>Reply to a message in a thread, and what others answer is listed here.</p>
          </Empty>
        )}
      </MessageRows>
    </ViewFrame>
  )
}

const repliesOf = ({ replyCount, lastReplyAt }: Message) =>
  `${replyCount} ${replyCount === 1 ? 'reply' : 'replies'}${lastReplyAt ? `, last ${dateOf(lastReplyAt)}` : ''}`
