import { useRef, useState } from 'preact/hooks'
import { useThread } from '../../client/react/chatroom-react'
import { useAttention } from '../app/attention'
import { useAction } from '../app/requests'
import type { RoomModel } from '../app/room-model'
import { useThreadState } from '../app/thread-state'
import { Icon } from '../components/icon'
import { PanelFrame } from '../components/panel-frame'
import { useScroller } from '../components/scroller'
import { Empty, Skeleton } from '../components/states'
import { Composer } from './composer'
import { MessageList } from './message-list'

/** A message and the replies to it. */
export function ThreadPanel({
  room,
  seq,
  onClose,
}: {
  room: RoomModel
  seq: number
  onClose: () => void
}) {
  const { root, replies, isComplete } = useThread(room.id, seq)
  const [editing, setEditing] = useState<number | null>(null)
  const composer = useRef<HTMLTextAreaElement>(null)
  const [scroller, isEndShown] = useScroller()
  const messages = root ? [root, ...replies] : replies
  const count = replies.length
  const lastSeq = replies.findLast(({ status }) => status === 'sent')?.seq ?? 0
  const { isFollowing, follow, markRead } = useThreadState(room, seq, lastSeq)
  const { run, isBusy } = useAction(follow)
  useAttention(() => isEndShown && markRead(), `${isEndShown} ${isFollowing} ${lastSeq}`)
  return (
    <PanelFrame
      title="Thread"
      subtitle={isComplete ? `${count} ${count === 1 ? 'reply' : 'replies'}` : undefined}
      onClose={onClose}
      tools={
        isFollowing !== null && (
          <button
            type="button"
            class="button button-quiet button-small"
            aria-pressed={isFollowing}
            disabled={isBusy}
            title="Whether its replies count as unread for you"
            onClick={() => run(!isFollowing)}
          >
            <Icon name={isFollowing ? 'check' : 'bell'} />
            {isFollowing ? 'Following' : 'Follow'}
          </button>
        )
      }
    >
      <div class="scroller" ref={scroller.box} tabIndex={-1}>
        <div ref={scroller.content} class="scroller-inside">
          {!root && !isComplete && <Skeleton rows={3} label="Loading the thread" />}
          {!root && isComplete && <Empty icon="reply" title="This message is gone" />}
          <MessageList
            room={room}
            messages={messages}
            isThread
            editing={editing}
            onEdit={setEditing}
            onDone={() => composer.current?.focus()}
          />
        </div>
      </div>
      {root && (
        <Composer
          room={room}
          name="this thread"
          field={composer}
          thread={seq}
          onEditLast={setEditing}
        />
      )}
    </PanelFrame>
  )
}
