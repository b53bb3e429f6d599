import { useEffect } from 'preact/hooks'
import type { Author, Message } from '../../client/protocol'
import { useChat } from '../../client/react/chatroom-react'
import { plainText } from '../app/markup'
import { useListing } from '../app/requests'
import type { RoomModel } from '../app/room-model'
import { addressOf } from '../app/routes'
import { PanelFrame } from '../components/panel-frame'
import { Empty } from '../components/states'
import { MessageRows } from './message-rows'

interface Pin {
  message: Message
  pinnedBy: Author
  pinnedAt: string
}

/** What was found worth keeping in sight. */
export function PinsPanel({ room, onClose }: { room: RoomModel; onClose: () => void }) {
  const chat = useChat()
  const list = useListing<Pin>(chat.room(room.id).path('pins'))
  const { reload } = list
  const pinned = room.messages.filter((message) => message.pinned).length
  // biome-ignore lint/correctness/useExhaustiveDependencies: read again when one was pinned or unpinned
  useEffect(() => reload(), [pinned])
  return (
    <PanelFrame title="Pinned messages" onClose={onClose}>
      <div class="panel-body">
        <MessageRows
          list={list}
          rowOf={({ message }) => ({
            message,
            href: addressOf.message(room.id, message.seq),
            said: plainText(message.text ?? ''),
          })}
        >
          <Empty icon="pin" title="Nothing is pinned">
            <p>What is pinned stays easy to find: a plan, an address, the rules.</p>
          </Empty>
        </MessageRows>
      </div>
    </PanelFrame>
  )
}
