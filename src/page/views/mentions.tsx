import type { Message } from '../../client/protocol'
import { useRooms } from '../../client/react/chatroom-react'
import { plainText } from '../app/markup'
import { nameOfRoom } from '../app/names'
import { useListing } from '../app/requests'
import { addressOf } from '../app/routes'
import { useTitle } from '../app/title'
import { Empty } from '../components/states'
import { MessageRows } from './message-rows'
import { ViewFrame } from './view-frame'

/** Where one was named, in all rooms. */
export function Mentions() {
  useTitle('Mentions')
  const { rooms } = useRooms()
  const list = useListing<Message>('/v1/me/mentions')
  const roomOf = (roomId: string) => {
    const room = rooms.find(({ id }) => id === roomId)
    return room ? nameOfRoom(room) : null
  }
  return (
    <ViewFrame title="Mentions" subtitle="Messages that name you, in all your rooms.">
      <MessageRows
        list={list}
        rowOf={(message) => ({
          message,
          href: addressOf.message(message.roomId, message.seq),
          where: roomOf(message.roomId),
          said: message.text === null ? 'This message was deleted.' : plainText(message.text),
        })}
      >
        <Empty icon="mention" title="Nobody has named you yet">
          <p>When somebody writes @ and your name, it is kept here.</p>
        </Empty>
      </MessageRows>
    </ViewFrame>
  )
}
